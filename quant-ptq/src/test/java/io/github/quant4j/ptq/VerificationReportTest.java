/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerificationReportTest {

  private static TensorComparison comparison(String name, double sqnr) {
    return new TensorComparison(name, sqnr, 1, 0);
  }

  @Test
  void worstTensors_moreThanAskedFor_givesTheLowestFirst() {
    VerificationReport report =
        new VerificationReport(
            1,
            List.of(),
            List.of(comparison("a", 30), comparison("b", 10), comparison("c", 20)),
            Optional.empty());
    assertThat(report.worstTensors(2)).extracting(TensorComparison::name).containsExactly("b", "c");
  }

  @Test
  void worstOutputSqnr_severalOutputs_givesTheLowest() {
    VerificationReport report =
        new VerificationReport(
            1, List.of(comparison("a", 30), comparison("b", 25)), List.of(), Optional.empty());
    assertThat(report.worstOutputSqnr()).isEqualTo(25);
  }

  @Test
  void dropPoints_quantizedBetter_isNegative() {
    assertThat(new TopOneAccuracy(200, 150, 152, 148).dropPoints()).isEqualTo(-1);
  }
}
