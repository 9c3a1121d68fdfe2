/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Any bytes are a table that is written and read back equal, or a failure with its place. */
class CalibrationTableJsonFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void read(byte[] text) throws IOException {
    try {
      CalibrationTable table = CalibrationTableJson.read(new ByteArrayInputStream(text));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CalibrationTableJson.write(table, out);

      assertThat(CalibrationTableJson.read(new ByteArrayInputStream(out.toByteArray())))
          .isEqualTo(table);
    } catch (TableFormatException e) {
      assertThat(e.line()).isPositive();
      assertThat(e.column()).isPositive();
      assertThat(e.getMessage()).hasLineCount(1);
    }
  }
}
