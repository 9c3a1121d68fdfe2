/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.ptq.EngineRecommendation.Verdict;
import io.github.quant4j.tensorrt.TimingRatio;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendationRuleTest {
  private static final EngineRow FP16 = row("FP16", 0, topOne(9509));

  /** Columns: times over FP16 and right answers of 10,000, of the float model 9509; the answer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.625 9504 | 0.8 9507  | FASTER   | a: 1.60 times as fast as FP16, top-1 .9504 against .9509 of the float model
          0.97  9509 | 1.05 9509 | FASTER   | a: 1.03 times as fast as FP16, top-1 .9509 against .9509 of the float model
          0.985 9509 | 1.05 9509 | BASELINE | FP16: a is only 1.015 times as fast, expected 1.02 at least
          1.031 9504 | 1.2 9509  | BASELINE | FP16: a is 0.97 times as fast
          0.5   8501 | 0.8 9507  | FASTER   | b: 1.25 times as fast as FP16, top-1 .9507 against .9509 of the float model; a is 2.00 times as fast, but has top-1 .8501 against .9509 of the float model, expected a loss of 0.50 points at most
          0.5   8501 | 1.1 9507  | BASELINE | FP16: b is 0.91 times as fast; a is 2.00 times as fast, but has top-1 .8501 against .9509 of the float model, expected a loss of 0.50 points at most
          0.5   8501 | 0.9 9458  | BASELINE | FP16: no other engine that keeps the accuracy was timed; a is 2.00 times as fast, but has top-1 .8501 against .9509 of the float model, expected a loss of 0.50 points at most
          """)
  void choose_labels_takesTheFastestThatKeepsTheAccuracy(
      String a, String b, Verdict verdict, String reason) {
    EngineRecommendation found =
        RecommendationRule.DEFAULT.choose(List.of(FP16, ofText("a", a), ofText("b", b)));

    assertThat(found).hasToString(reason);
    assertThat(found.verdict()).isEqualTo(verdict);
    assertThat(found.name()).hasValue(reason.substring(0, reason.indexOf(':')));
  }

  @ParameterizedTest
  @CsvSource({"20, FASTER", "19.9, BASELINE", "NaN, BASELINE", "-Infinity, BASELINE"})
  void choose_withoutLabels_goesByTheNoise(double sqnr, Verdict verdict) {
    EngineRow fp16 = row("FP16", 0, noise(60));

    assertThat(
            RecommendationRule.DEFAULT
                .choose(List.of(fp16, row("INT8 explicit", 0.5, noise(sqnr))))
                .verdict())
        .isEqualTo(verdict);
  }

  @Test
  void choose_baselineThatLosesTheAccuracy_takesTheFastestThatDoesNot() {
    List<EngineRow> rows =
        List.of(row("FP16", 0, noise(3)), row("FP32", 2, noise(120)), row("other", 3, noise(90)));

    assertThat(RecommendationRule.DEFAULT.choose(rows))
        .isEqualTo(
            new EngineRecommendation(
                Verdict.ACCURATE,
                Optional.of("FP32"),
                "FP32: 0.50 times as fast as FP16, an SQNR of 120.0 dB, while FP16 has an"
                    + " SQNR of 3.0 dB"));
  }

  @Test
  void choose_noEngineThatKeepsTheAccuracy_isNone() {
    EngineRecommendation found =
        RecommendationRule.DEFAULT.choose(List.of(row("FP16", 0, noise(3))));

    assertThat(found.verdict()).isEqualTo(Verdict.NONE);
    assertThat(found.name()).isEmpty();
    assertThat(found.reason())
        .startsWith("none: no engine keeps the accuracy; FP16 has an SQNR of 3.0 dB");
  }

  @Test
  void choose_nothingTimed_isNone() {
    EngineRow failed =
        new EngineRow("FP16", Optional.of(EngineKind.FP16), EngineFigures.NONE, Optional.empty())
            .failed("no memory");

    assertThat(RecommendationRule.DEFAULT.choose(List.of(failed)))
        .hasToString("none: no engine was timed");
  }

  @Test
  void choose_accuracyNotMeasured_goesBySpeedAlone() {
    List<EngineRow> rows = List.of(row("a", 0, Optional.empty()), row("b", 0.5, Optional.empty()));

    assertThat(RecommendationRule.DEFAULT.choose(rows))
        .hasToString("b: 2.00 times as fast as a, accuracy not measured");
  }

  @Test
  void choose_otherLimits_areFollowed() {
    RecommendationRule strict = RecommendationRule.DEFAULT.withLargestDrop(0).withSmallestSqnr(90);
    List<EngineRow> rows = new ArrayList<>(List.of(FP16, ofText("a", "0.5 9508")));

    assertThat(strict.choose(rows).verdict()).isEqualTo(Verdict.BASELINE);
    rows.set(1, row("a", 0.5, noise(80)));
    assertThat(strict.choose(rows).verdict()).isEqualTo(Verdict.BASELINE);
  }

  private static EngineRow ofText(String name, String text) {
    String[] parts = text.split(" +", -1);
    return row(name, Double.parseDouble(parts[0]), topOne(Long.parseLong(parts[1])));
  }

  /** A row that was timed, the baseline where the ratio is 0. */
  private static EngineRow row(String name, double ratio, Optional<EngineAccuracy> accuracy) {
    Optional<TimingRatio> related =
        ratio == 0
            ? Optional.empty()
            : Optional.of(new TimingRatio(name, ratio, ratio - 0.001, ratio + 0.001));
    EngineSpeed speed = new EngineSpeed(1, 1, related, List.of());
    return new EngineRow(
        name,
        Optional.empty(),
        new EngineFigures(Optional.empty(), accuracy, Optional.of(speed)),
        Optional.empty());
  }

  private static Optional<EngineAccuracy> topOne(long correct) {
    return Optional.of(
        new EngineAccuracy(
            10_000, 30, Optional.of(new TopOneAccuracy(10_000, 9509, correct, 9000))));
  }

  private static Optional<EngineAccuracy> noise(double decibels) {
    return Optional.of(new EngineAccuracy(100, decibels, Optional.empty()));
  }
}
