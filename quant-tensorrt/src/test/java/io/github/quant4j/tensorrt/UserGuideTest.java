/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc. */
class UserGuideTest {

  @Test
  @Tag("without-natives")
  void packageInfo_availability_printsReasonAndRemedy() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(printed, true, StandardCharsets.UTF_8);

    Availability availability = TensorRt.availability();
    if (availability instanceof Availability.Unavailable unavailable) {
      err.println(unavailable.reason() + "; " + unavailable.remedy());
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("presets", "; ");
  }
}
