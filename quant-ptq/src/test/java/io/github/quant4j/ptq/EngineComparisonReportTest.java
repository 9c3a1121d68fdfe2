/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.ptq.EngineRecommendation.Verdict;
import io.github.quant4j.tensorrt.TimingRatio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineComparisonReportTest {
  private static final ComparisonEnvironment PLACE =
      new ComparisonEnvironment("NVIDIA H200", "13.0", "12.6", "10.6.0");

  private static final EngineRow FP16 =
      new EngineRow(
          "FP16",
          Optional.of(EngineKind.FP16),
          new EngineFigures(
              Optional.of(
                  new PlanFacts(
                      2_345_678,
                      Optional.of(Duration.ofMillis(6543)),
                      Optional.empty(),
                      List.of())),
              Optional.of(accuracy(60.123456789, 9509)),
              Optional.of(new EngineSpeed(0.39342, 325_356, Optional.empty(), List.of()))),
          Optional.empty());

  private static final EngineRow INT8 =
      new EngineRow(
          "INT8 explicit",
          Optional.of(EngineKind.INT8_EXPLICIT),
          new EngineFigures(
              Optional.of(
                  new PlanFacts(
                      1_234_567,
                      Optional.empty(),
                      Optional.of(Path.of("int8-explicit.plan")),
                      List.of("P53: it gains"))),
              Optional.of(accuracy(Double.POSITIVE_INFINITY, 10_000)),
              Optional.of(
                  new EngineSpeed(
                      0.24589,
                      520_559,
                      Optional.of(new TimingRatio("INT8 explicit", 0.625, 0.6241, 0.6259)),
                      List.of("times vary")))),
          Optional.empty());

  private static final EngineRow FAILED =
      new EngineRow("mine", Optional.empty(), EngineFigures.NONE, Optional.of("no \"memory\""));

  private static final EngineComparisonReport REPORT =
      new EngineComparisonReport(
          PLACE,
          128,
          List.of(FP16, INT8, FAILED),
          new EngineRecommendation(
              Verdict.FASTER, Optional.of("INT8 explicit"), "INT8 explicit: it is faster"));

  @Test
  void toText_allFigures_standInColumns() {
    assertThat(REPORT.toText())
        .isEqualTo(
            """
            NVIDIA H200, driver for CUDA 13.0, CUDA runtime 12.6, TensorRT 10.6.0; batch 128
            against the float model in ONNX Runtime on 10000 samples, top-1 .9509
            engine         GPU ms           time / FP16  samples/s  plan MB  build s   SQNR dB   top-1
            FP16           0.3934                     1     325356     2.35      6.5      60.1   .9509
            INT8 explicit  0.2459  0.625 [0.624, 0.626]     520559     1.23        -  Infinity  1.0000
            mine                -                     -          -        -        -         -       -
            INT8 explicit: P53: it gains
            INT8 explicit: times vary
            mine failed: no "memory"
            take INT8 explicit: it is faster
            """);
  }

  @Test
  void toJson_allFigures_areMembersAndWhatIsNotKnownIsAbsent() {
    assertThat(REPORT.toJson())
        .isEqualTo(
            """
            {
              "environment": {
                "gpu": "NVIDIA H200",
                "cudaDriverVersion": "13.0",
                "cudaRuntimeVersion": "12.6",
                "tensorRtVersion": "10.6.0"
              },
              "batchSize": 128,
              "baseline": "FP16",
              "rows": [
                {"engine": "FP16", "kind": "fp16", "medianMilliseconds": 0.39342, "samplesPerSecond": 325356, "planBytes": 2345678, "buildSeconds": 6.543, "sampleCount": 10000, "sqnrDecibels": 60.1235, "topOne": 0.9509, "topOneOfFloatModel": 0.9509},
                {"engine": "INT8 explicit", "kind": "int8_explicit", "medianMilliseconds": 0.24589, "ratio": 0.625, "ratioLower": 0.6241, "ratioUpper": 0.6259, "samplesPerSecond": 520559, "warnings": ["times vary"], "planBytes": 1234567, "file": "int8-explicit.plan", "notes": ["P53: it gains"], "sampleCount": 10000, "sqnrDecibels": "Infinity", "topOne": 1, "topOneOfFloatModel": 0.9509},
                {"engine": "mine", "failure": "no \\"memory\\""}
              ],
              "recommendation": {
                "verdict": "faster",
                "engine": "INT8 explicit",
                "reason": "INT8 explicit: it is faster"
              }
            }
            """);
  }

  @Test
  void baseline_nothingTimed_isEmpty() {
    EngineComparisonReport report =
        new EngineComparisonReport(
            PLACE, 1, List.of(FAILED), RecommendationRule.DEFAULT.choose(List.of(FAILED)));

    assertThat(report.baseline()).isEmpty();
    assertThat(report.toText())
        .contains("time / baseline")
        .endsWith("take none: no engine was timed\n");
  }

  private static EngineAccuracy accuracy(double decibels, long correct) {
    return new EngineAccuracy(
        10_000, decibels, Optional.of(new TopOneAccuracy(10_000, 9509, correct, 9000)));
  }
}
