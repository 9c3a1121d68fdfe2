/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The calibrator on every kind of graph, against all that ONNX Runtime's own API gives. */
class CalibratorModelsTest {

  /** A model, what is observed of it, and batches. */
  record Subject(String model, List<String> observed, List<TensorBatch> batches) {

    CalibrationTable calibrate(UnaryOperator<Calibrator.Builder> options) throws IOException {
      Calibrator.Builder builder = Calibrator.builder(TestModels.read(model), observed);
      try (Calibrator calibrator = options.apply(builder).build()) {
        return calibrator.run(CalibrationSource.of(batches));
      }
    }

    CalibrationTable expected(boolean hasHistograms) throws OrtException {
      return RuntimeOracle.table(TestModels.read(model), observed, batches, hasHistograms);
    }

    @Override
    public String toString() {
      return model + " " + batches.size();
    }
  }

  static Stream<Subject> subjects() {
    ExactSamples samples = new ExactSamples(6);
    List<String> hundred = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();
    return Stream.of(
        // Inputs of five types, other lengths from batch to batch and back, no positive value in
        // the third batch, a scalar, a constant and outputs as long as their data says.
        new Subject(
            "mixed",
            List.of("total", "x", "y", "positives", "constant", "masked"),
            List.of(
                samples.mixed(3, 4, -64, 65),
                samples.mixed(2, 7, -64, 65),
                samples.mixed(3, 4, -64, 0),
                samples.mixed(3, 4, 1, 65),
                samples.mixed(2, 0, -64, 65),
                samples.mixed(1, 1, -64, 65))),
        // More lengths than are remembered, each of them twice.
        new Subject(
            "mixed",
            List.of("y", "positives"),
            IntStream.range(0, 600).mapToObj(i -> samples.mixed(1, i % 300, -64, 65)).toList()),
        new Subject(
            "control",
            List.of("before", "chosen", "doubled"),
            List.of(
                samples.control(3, true, 0),
                samples.control(3, false, 5),
                samples.control(3, true, 2),
                samples.control(1, true, 3),
                samples.control(2, false, 0))),
        new Subject(
            "expand",
            List.of("wide", "x"),
            Stream.of(3L, 1L, 5L, 1000L, 3L, 0L, 3L).map(samples::expand).toList()),
        new Subject(
            "expand", List.of("wide"), Stream.of(0L, 0L, 4L, 4L, 2L).map(samples::expand).toList()),
        new Subject("expand", List.of("wide"), List.of(samples.expand(0), samples.expand(0))),
        // An output that declares another shape than it has.
        new Subject(
            "one_sample",
            List.of("y", "z"),
            Stream.of(3, 1, 3, 2)
                .map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 2))))
                .toList()),
        // An input that is an output as it is, and a constant that is used.
        new Subject(
            "passing",
            List.of("bias", "z", "x"),
            Stream.of(3, 3, 1)
                .map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 2))))
                .toList()),
        new Subject(
            "hundred",
            hundred,
            Stream.of(5, 3).map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 100)))).toList()),
        new Subject(
            "fixed_batch",
            List.of("y", "x"),
            Stream.of(1, 1).map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 3)))).toList()),
        new Subject(
            "conv",
            List.of("relu", "y", "conv"),
            Stream.of(4, 4, 2, 1).map(samples::conv).toList()));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_anyModel_givesTheExtremesOfWhatTheRuntimeGives(Subject subject) throws Exception {
    assertThat(subject.calibrate(builder -> builder.threadCount(1)))
        .isEqualTo(subject.expected(false));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_anyModelWithHistograms_countsWhatTheRuntimeGives(Subject subject) throws Exception {
    assertThat(subject.calibrate(builder -> builder.threadCount(1).histograms(true)))
        .isEqualTo(subject.expected(true));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_anyModelAsItIsWritten_countsWhatTheRuntimeGives(Subject subject) throws Exception {
    SessionSettings settings = SessionSettings.defaults().withOptimization(OptimizationLevel.NONE);
    assertThat(
            subject.calibrate(
                builder -> builder.settings(settings).parallelBatches(3).histograms(true)))
        .isEqualTo(subject.expected(true));
  }

  @Test
  void run_parameterBesideTheSamples_isFedToEveryBatch() throws IOException {
    ExactSamples samples = new ExactSamples(5);
    Tensor first = samples.floats(3, 1, 2, 1, 2);
    Tensor last = samples.floats(1, 1, 2, 1, 2);
    Subject subject =
        new Subject(
            "gain",
            List.of("y", "gain"),
            List.of(TensorBatch.of(Map.of("x", first)), TensorBatch.of(Map.of("x", last))));
    CalibrationTable table =
        subject.calibrate(builder -> builder.parameter("gain", Tensor.ofFloats(Shape.of(), -4f)));

    float[] products = new float[16];
    first.floats().get(products, 0, 12);
    last.floats().get(products, 12, 4);
    for (int i = 0; i < products.length; i++) {
      products[i] *= -4;
    }
    assertThat(table.calibration("y")).contains(RuntimeOracle.calibration(products, false));
    assertThat(table.statistics("gain")).contains(new TensorStatistics(-4f, -4f, 2, 0));
  }

  @Test
  void run_tensorOf64Megabytes_observesAllOfIt() throws IOException {
    ExactSamples samples = new ExactSamples(64);
    long width = 1L << 24;
    List<TensorBatch> batches = List.of(samples.expand(width), samples.expand(width));
    CalibrationTable table =
        new Subject("expand", List.of("x", "wide"), batches).calibrate(builder -> builder);

    TensorStatistics narrow = table.statistics("x").orElseThrow();
    assertThat(table.statistics("wide"))
        .contains(new TensorStatistics(narrow.minimum(), narrow.maximum(), 2 * width, 0));
  }
}
