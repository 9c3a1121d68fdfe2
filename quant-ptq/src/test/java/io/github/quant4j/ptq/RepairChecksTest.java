/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.onnx.repair.Census;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.onnx.repair.Site;
import io.github.quant4j.ptq.RepairComparison.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RepairChecksTest {
  private static RepairChecks checks(Defect... repaired) {
    List<Finding> findings =
        List.of(repaired).stream()
            .map(
                defect ->
                    new Finding(
                        defect,
                        new Site("node", "tensor"),
                        "found",
                        new Remedy(Remedy.Outcome.REPAIRED, "done")))
            .toList();
    Census census = new Census(new TreeMap<>());
    return RepairChecks.of(new RepairReport(findings, census, census));
  }

  private static RepairComparison comparison(
      Subject of, Subject against, double decibels, double error) {
    TensorComparison output = new TensorComparison("y", decibels, 1, error);
    return new RepairComparison(of, against, List.of(output));
  }

  private static RepairVerification baseline(double decibels, double error) {
    return new RepairVerification(
        4, true, List.of(comparison(Subject.REPAIRED, Subject.BASELINE, decibels, error)));
  }

  private static RepairVerification floats(double source, double repaired) {
    return new RepairVerification(
        4,
        false,
        List.of(
            comparison(Subject.SOURCE, Subject.FLOAT_MODEL, source, 1),
            comparison(Subject.REPAIRED, Subject.FLOAT_MODEL, repaired, 1)));
  }

  @Test
  void check_pairsOnlyMerged_allowsNoDifference() {
    RepairChecks checks = checks(Defect.REPEATED_PAIR, Defect.REDUNDANT_PAIR);
    assertThatCode(() -> checks.check(baseline(Double.POSITIVE_INFINITY, 0)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> checks.check(baseline(80, 1e-6)))
        .isInstanceOf(VerificationException.class)
        .hasMessageStartingWith("the repaired model has 80.0 dB against its baseline;");
  }

  @Test
  void check_pairsRemoved_allowsWhatRoundingExplains() {
    RepairChecks checks = checks(Defect.PAIR_BEFORE_RESIDUAL_ADD);
    assertThatCode(() -> checks.check(baseline(6, 1))).doesNotThrowAnyException();
    assertThatThrownBy(() -> checks.check(baseline(5.9, 1)))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("expected at least 6.0 dB");
  }

  @Test
  void check_noisyModelWithFloatModel_isJudgedByThat() {
    RepairChecks checks = checks(Defect.PAIR_BEFORE_RESIDUAL_ADD);
    List<RepairComparison> comparisons = new ArrayList<>(baseline(4, 1).comparisons());
    comparisons.addAll(floats(5, 5).comparisons());
    assertThatCode(() -> checks.check(new RepairVerification(4, false, comparisons)))
        .doesNotThrowAnyException();
  }

  @Test
  void check_nothingRescaled_allowsHalfADecibelAgainstFloat() {
    RepairChecks checks = checks(Defect.QUANTIZED_BIAS);
    assertThatCode(() -> checks.check(floats(30, 29.5))).doesNotThrowAnyException();
    assertThatThrownBy(() -> checks.check(floats(30, 29.4)))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("29.4 dB and the source 30.0 dB");
  }

  @Test
  void check_scalesWidened_allowsTwofoldNoiseAgainstFloat() {
    RepairChecks checks = checks(Defect.ASYMMETRIC_UNSIGNED_CODES);
    assertThatCode(() -> checks.check(floats(30, 23.5))).doesNotThrowAnyException();
    assertThatThrownBy(() -> checks.check(floats(30, 23.3)))
        .isInstanceOf(VerificationException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPUTED_SCALE", "BARE_SKIP", "FLOAT_WEIGHT", "REQUANTIZATION"})
  void check_floatsRounded_allowsWhatIsFarFromAMistake(Defect repaired) {
    RepairChecks checks = checks(repaired);
    assertThatCode(() -> checks.check(floats(50, 6))).doesNotThrowAnyException();
    assertThatCode(() -> checks.check(floats(4, 4))).doesNotThrowAnyException();
    assertThatThrownBy(() -> checks.check(floats(50, 5.9)))
        .isInstanceOf(VerificationException.class);
  }
}
