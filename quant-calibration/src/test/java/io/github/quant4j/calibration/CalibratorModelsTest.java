/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The calibrator on every kind of graph, against all that ONNX Runtime's own API gives. */
class CalibratorModelsTest {

  /** A model, what is observed of it, and batches. */
  private record Subject(String model, List<String> observed, List<TensorBatch> batches) {
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
            "expand",
            List.of("wide"),
            Stream.of(0L, 0L, 4L, 4L, 2L).map(samples::expand).toList()),
        new Subject("expand", List.of("wide"), List.of(samples.expand(0), samples.expand(0))),
        // An input that is an output as it is, and a constant that is used.
        new Subject(
            "passing",
            List.of("bias", "z", "x"),
            Stream.of(3, 3, 1).map(n -> TensorBatch.of(Map.of("x", samples.floats(n, 2)))).toList()),
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
    assertThat(calibrate(subject, false)).isEqualTo(expected(subject, false));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void run_anyModelWithHistograms_countsWhatTheRuntimeGives(Subject subject) throws Exception {
    assertThat(calibrate(subject, true)).isEqualTo(expected(subject, true));
  }

  @Test
  void run_tensorOf64Megabytes_observesAllOfIt() throws IOException {
    ExactSamples samples = new ExactSamples(64);
    long width = 1L << 24;
    List<TensorBatch> batches = List.of(samples.expand(width), samples.expand(width));
    CalibrationTable table = calibrate(new Subject("expand", List.of("x", "wide"), batches), false);

    TensorStatistics narrow = table.statistics("x").orElseThrow();
    assertThat(table.statistics("wide"))
        .contains(new TensorStatistics(narrow.minimum(), narrow.maximum(), 2 * width, 0));
  }

  private static CalibrationTable calibrate(Subject subject, boolean hasHistograms)
      throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read(subject.model()), subject.observed())
            .threadCount(1)
            .histograms(hasHistograms)
            .build()) {
      return calibrator.run(CalibrationSource.of(subject.batches()));
    }
  }

  private static CalibrationTable expected(Subject subject, boolean hasHistograms)
      throws OrtException {
    return RuntimeOracle.table(
        TestModels.read(subject.model()), subject.observed(), subject.batches(), hasHistograms);
  }
}
