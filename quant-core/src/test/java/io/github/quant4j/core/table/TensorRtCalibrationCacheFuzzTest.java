/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Any bytes are a cache that is written and read back equal, or a failure with its place. */
class TensorRtCalibrationCacheFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void read(byte[] text) throws IOException {
    try {
      TensorRtCalibrationCache cache =
          TensorRtCalibrationCache.read(new ByteArrayInputStream(text));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      cache.write(out);
      CalibrationTable table = cache.toTable().result();

      assertThat(TensorRtCalibrationCache.read(new ByteArrayInputStream(out.toByteArray())))
          .isEqualTo(cache);
      assertThat(TensorRtCalibrationCache.from(table, cache.header()).result().tensors())
          .containsExactlyInAnyOrderElementsOf(cache.tensors());
    } catch (TableFormatException e) {
      assertThat(e.line()).isPositive();
      assertThat(e.column()).isPositive();
      assertThat(e.getMessage()).hasLineCount(1);
    }
  }
}
