/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Any bytes are a tensor of at most eight bytes for each, or a failure in one line. */
class TensorProtoFileFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void read(byte[] file) throws IOException {
    try {
      TensorHeader header = TensorProtoFile.header(stream(file), file.length, "file 'x'");
      assertThat(header.byteCount()).isLessThanOrEqualTo(8 * file.length);
      Tensor tensor = TensorProtoFile.read(stream(file), file.length, header, "file 'x'");

      assertThat(tensor.toString()).isEqualTo(header.toString());
      assertThat(tensor.bytes().remaining()).isEqualTo(header.byteCount());
    } catch (CalibrationException e) {
      assertThat(e.getMessage()).startsWith("file 'x' ").hasLineCount(1);
    }
  }

  private static ByteArrayInputStream stream(byte[] file) {
    return new ByteArrayInputStream(file);
  }
}
