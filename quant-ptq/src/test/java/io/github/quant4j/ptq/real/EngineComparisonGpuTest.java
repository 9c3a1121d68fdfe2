/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.EngineAccuracy;
import io.github.quant4j.ptq.EngineComparison;
import io.github.quant4j.ptq.EngineComparisonReport;
import io.github.quant4j.ptq.EngineKind;
import io.github.quant4j.ptq.EngineRow;
import io.github.quant4j.ptq.PlanFacts;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineTimer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class EngineComparisonGpuTest {
  private static final EngineTimer QUICK =
      EngineTimer.create().warmUp(Duration.ofMillis(50)).duration(Duration.ofMillis(500));

  private final Path folder;

  EngineComparisonGpuTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void run_classifier_everyKindKeepsItsAnswersAndIsTimed(TestReporter reporter) throws IOException {
    List<EngineRow> told = new ArrayList<>();
    EngineComparisonReport report =
        comparison().calibration(images("calibration")).keep(folder).listener(told::add).run();
    reporter.publishEntry("comparison", report.toText());

    assertThat(report.rows())
        .extracting(EngineRow::name)
        .containsExactlyElementsOf(
            List.of(EngineKind.values()).stream().map(EngineKind::label).toList());
    assertThat(report.rows()).allSatisfy(EngineComparisonGpuTest::assertMeasured);
    // TensorRT's choice by entropy was seen to lose a tenth; the others keep what float gets right.
    assertThat(report.rows())
        .filteredOn(row -> !row.name().endsWith("Entropy2"))
        .allSatisfy(row -> assertThat(topOne(row).dropPoints()).isCloseTo(0, within(2.0)));
    assertThat(report.baseline().map(EngineRow::name)).hasValue("FP16");
    assertThat(report.recommendation().name()).isPresent();
    assertThat(told).hasSize(3 * report.rows().size());
    assertThat(folder.resolve("int8-explicit.plan")).isRegularFile();
    assertThat(OnnxModel.read(folder.resolve("int8-explicit.onnx")).firstQuantizedNode())
        .isPresent();
  }

  @Test
  void run_givenPlanAndEngine_areComparedWithTheAnswersOfTheModel() throws IOException {
    comparison().candidates(Set.of(EngineKind.FP16)).keep(folder).run();
    Path plan = folder.resolve("fp16.plan");
    try (Engine engine = Engine.load(plan)) {
      EngineComparisonReport report =
          comparison().candidates(Set.of()).add("plan", plan).add("engine", engine).run();

      assertThat(report.rows()).hasSize(2).allSatisfy(EngineComparisonGpuTest::assertMeasured);
      assertThat(report.rows().get(1).speed().flatMap(speed -> speed.ratio()))
          .hasValueSatisfying(ratio -> assertThat(ratio.ratio()).isCloseTo(1, within(0.05)));
      // It is still open.
      engine.newSession().close();
    }
  }

  @Test
  void run_plansAlone_areTimedOnMadeUpInputs() throws IOException {
    comparison().candidates(Set.of(EngineKind.FP16)).keep(folder).run();
    EngineComparisonReport report =
        EngineComparison.ofAdded()
            .add("plan", folder.resolve("fp16.plan"))
            .add("nothing", folder.resolve("no-such.plan"))
            .batchSize(128)
            .timer(QUICK)
            .run();

    assertThat(report.rows().get(0).speed()).isPresent();
    assertThat(report.rows().get(1).failure()).isPresent();
    assertThat(report.recommendation().name()).hasValue("plan");
  }

  private static EngineComparison comparison() throws IOException {
    int[] labels = LongStream.of(FashionImages.labels("test")).mapToInt(Math::toIntExact).toArray();
    return EngineComparison.of(
            OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx")))
        .test(images("test"))
        .labels(labels)
        .batchSize(128)
        .timer(QUICK);
  }

  private static CalibrationSource images(String name) throws IOException {
    return CalibrationSource.of(FashionImages.images(name, 50));
  }

  private static void assertMeasured(EngineRow row) {
    assertThat(row.failure()).as(row.name()).isEmpty();
    assertThat(row.figures().plan().map(PlanFacts::byteCount))
        .hasValueSatisfying(size -> assertThat(size).isPositive());
    assertThat(row.accuracy())
        .hasValueSatisfying(
            accuracy -> {
              assertThat(accuracy.sampleCount()).isEqualTo(200);
              assertThat(accuracy.sqnrDecibels()).isGreaterThan(5);
            });
    assertThat(row.speed())
        .hasValueSatisfying(
            speed -> {
              assertThat(speed.medianMilliseconds()).isPositive();
              assertThat(speed.samplesPerSecond()).isPositive();
            });
  }

  private static TopOneAccuracy topOne(EngineRow row) {
    return row.accuracy().flatMap(EngineAccuracy::topOne).orElseThrow();
  }
}
