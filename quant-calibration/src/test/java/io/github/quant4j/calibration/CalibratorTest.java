/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratorTest {

  private static final List<String> OBSERVED = List.of("x", "conv", "relu", "y");

  /*
   * Expected values made with onnxruntime 1.30.0:
   *   k = np.arange(96); x = ((k*37 % 41 - 20) / 8).astype(np.float32).reshape(6, 1, 4, 4)
   *   s = ort.InferenceSession('conv.onnx')
   *   for o, v in zip(s.get_outputs(), s.run(None, {'x': x})): print(o.name, v.min(), v.max(), v.size)
   */
  private static final CalibrationTable EXPECTED =
      CalibrationTable.builder()
          .sampleCount(6)
          .put("x", new TensorStatistics(-2.5f, 2.5f, 96, 0))
          .put("conv", new TensorStatistics(-4.0625f, 4.265625f, 48, 0))
          .put("relu", new TensorStatistics(0f, 4.265625f, 48, 0))
          .put("y", new TensorStatistics(-3.78125f, 5.4414062f, 18, 0))
          .build();

  @Test
  void runObservesInputsAndOutputs() throws IOException {
    assertThat(calibrate(List.of(TestModels.convSamples()))).isEqualTo(EXPECTED);
  }

  @Test
  void runByPathGivesTheSameTable(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("conv.onnx"), TestModels.read("conv"));
    try (Calibrator calibrator = Calibrator.builder(file, OBSERVED).threadCount(1).build()) {
      assertThat(calibrator.run(CalibrationSource.of(List.of(TestModels.convSamples()))))
          .isEqualTo(EXPECTED);
    }
  }

  @Test
  void runInAnyBatchSizeAndOrderGivesTheSameTable() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<TensorBatch> batches = new ArrayList<>();
      for (long first = 0; first < 6; ) {
        long count = Math.min(6 - first, random.nextInt(4)); // empty batches among them
        batches.add(TestModels.convSamples().slice(first, count));
        first += count;
      }
      Collections.shuffle(batches, random);

      assertThat(calibrate(batches)).as("seed %d", seed).isEqualTo(EXPECTED);
    }
  }

  @Test
  void runOfResNetIsTheSameForAnyBatchSizeToWithinRounding() throws IOException {
    TensorBatch samples = resNetSamples();
    List<TensorBatch> singles = new ArrayList<>();
    for (int sample = 0; sample < 8; sample++) {
      singles.add(samples.slice(sample, 1));
    }
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.resNet20(), List.of("input", "logits")).build()) {
      CalibrationTable whole = calibrator.run(CalibrationSource.of(List.of(samples)));
      CalibrationTable parts = calibrator.run(CalibrationSource.of(singles));

      assertThat(whole.sampleCount()).isEqualTo(parts.sampleCount()).isEqualTo(8);
      assertThat(parts.statistics("input")).isEqualTo(whole.statistics("input"));
      TensorStatistics expected = whole.statistics("logits").orElseThrow();
      TensorStatistics actual = parts.statistics("logits").orElseThrow();
      assertThat(actual.count()).isEqualTo(expected.count()).isEqualTo(80);
      Percentage rounding = Percentage.withPercentage(1e-3);
      assertThat(actual.minimum()).isCloseTo(expected.minimum(), rounding);
      assertThat(actual.maximum()).isCloseTo(expected.maximum(), rounding);
    }
  }

  @Test
  void runWithHistogramsCountsEveryValue() throws IOException {
    CalibrationTable table = calibrateWithHistograms(List.of(TestModels.convSamples()));

    assertThat(table.tensors()).isEqualTo(EXPECTED.tensors());
    for (String tensor : OBSERVED) {
      assertThat(table.statistics(tensor)).isEqualTo(EXPECTED.statistics(tensor));
      assertThat(table.range(tensor)).isEqualTo(EXPECTED.range(tensor));
    }
    StreamingHistogram inputs = StreamingHistogram.create();
    inputs.observe(TestModels.convSamples().tensor("x").orElseThrow().floats());
    assertThat(table.calibration("x").flatMap(TensorCalibration::histogram))
        .contains(inputs.snapshot());
  }

  @Test
  void runWithHistogramsInAnyBatchSizeGivesTheSameTableForEveryMethod() throws IOException {
    CalibrationTable whole = calibrateWithHistograms(List.of(TestModels.convSamples()));
    List<TensorBatch> singles = new ArrayList<>();
    for (int sample = 5; sample >= 0; sample--) {
      singles.add(TestModels.convSamples().slice(sample, 1));
    }

    assertThat(calibrateWithHistograms(singles)).isEqualTo(whole);
    CalibrationTable percentile =
        whole.withRanges("percentile 90", PercentileSelector.symmetric(90));
    assertThat(percentile.range("conv").orElseThrow().absoluteMaximum())
        .isLessThan(whole.range("conv").orElseThrow().absoluteMaximum());
  }

  private static CalibrationTable calibrateWithHistograms(List<TensorBatch> batches)
      throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("conv"), OBSERVED)
            .threadCount(1)
            .histograms(true)
            .build()) {
      return calibrator.run(CalibrationSource.of(batches));
    }
  }

  @Test
  void runAgainStartsAnew() throws IOException {
    try (Calibrator calibrator = conv(OBSERVED)) {
      calibrator.run(CalibrationSource.of(List.of(TestModels.convSamples())));
      CalibrationTable table =
          calibrator.run(CalibrationSource.of(List.of(TestModels.convSamples().slice(0, 1))));

      assertThat(table.sampleCount()).isEqualTo(1);
      assertThat(table.statistics("x").orElseThrow().count()).isEqualTo(16);
    }
  }

  @Test
  void runOfInputsAloneNeedsNoOutput() throws IOException {
    try (Calibrator calibrator = conv(List.of("x", "x"))) {
      CalibrationTable table =
          calibrator.run(CalibrationSource.of(List.of(TestModels.convSamples())));

      assertThat(table.tensors()).containsExactly("x");
    }
  }

  @Test
  void runTellsTheListenerOfEveryBatch() throws IOException {
    List<CalibrationProgress> heard = new ArrayList<>();
    TensorBatch samples = TestModels.convSamples();
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("conv"), OBSERVED)
            .threadCount(1)
            .listener(heard::add)
            .build()) {
      calibrator.run(CalibrationSource.of(List.of(samples.slice(0, 4), samples.slice(4, 2))));
    }

    assertThat(heard).hasSize(2);
    assertThat(heard.get(0).batchCount()).isEqualTo(1);
    assertThat(heard.get(0).sampleCount()).isEqualTo(4);
    assertThat(heard.get(1).sampleCount()).isEqualTo(6);
    assertThat(heard.get(1).expectedSampleCount()).hasValue(6);
    assertThat(heard.get(1).elapsed()).isGreaterThanOrEqualTo(heard.get(0).elapsed());
  }

  @Test
  void runLeavesOutTensorsWithoutElements() throws IOException {
    try (Calibrator calibrator =
        Calibrator.builder(TestModels.read("no_element"), List.of("empty", "y")).build()) {
      CalibrationTable table =
          calibrator.run(
              CalibrationSource.of(List.of(TestModels.batch("x", Shape.of(1, 2), 1f, 2f))));

      assertThat(table.tensors()).containsExactly("y");
    }
  }

  @Test
  void runWithoutSampleIsRefused() {
    for (List<TensorBatch> batches :
        List.of(List.<TensorBatch>of(), List.of(TestModels.convSamples().slice(0, 0)))) {
      assertThatThrownBy(() -> calibrate(batches))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("the calibration source holds no sample");
    }
  }

  @Test
  void runWithNaNInASampleNamesInputSampleAndIndex() {
    float[] values = new float[32];
    values[16 + 9] = Float.NaN;
    TensorBatch second = TestModels.batch("x", Shape.of(2, 1, 4, 4), values);

    assertThatThrownBy(() -> calibrate(List.of(TestModels.convSamples(), second)))
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "input 'x' holds a NaN or infinite value in sample 7 at index [0, 2, 1], "
                + "counted from 0, expected finite ones; remove or mend the sample");
  }

  @Test
  void runWithNonFiniteActivationNamesTensorAndBatch() {
    try (Calibrator calibrator = Calibrator.builder(TestModels.read("log"), List.of("y")).build()) {
      CalibrationSource source =
          CalibrationSource.of(
              List.of(
                  TestModels.batch("x", Shape.of(1, 2), 1f, 2f),
                  TestModels.batch("x", Shape.of(1, 2), -1f, 0f)));

      assertThatThrownBy(() -> calibrator.run(source))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("tensor 'y' holds 2 NaN or infinite values in batch 2");
    }
  }

  @Test
  void runWithWrongNamesIsRefusedBeforeAnythingIsObserved() {
    assertThatThrownBy(
            () -> calibrate(List.of(TestModels.batch("image", Shape.of(1, 2), Float.NaN, 1f))))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("input 'x' is missing in the samples; found [image]");
  }

  @Test
  void buildWithUnknownTensorListsWhatTheModelHas() {
    assertThatThrownBy(() -> conv(List.of("x", "gone")))
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "observed tensor 'gone' is neither an output [y, conv, relu] nor an input [x] of the "
                + "observation model");
  }

  @Test
  void buildWithTensorOfOtherTypeIsRefused() {
    assertThatThrownBy(
            () -> Calibrator.builder(TestModels.read("types"), List.of("int8_out")).build())
        .isInstanceOf(CalibrationException.class)
        .hasMessage("observed tensor 'int8_out' is of type int8, expected float");
  }

  @Test
  void buildOfNoModelIsRefused() {
    assertThatThrownBy(() -> Calibrator.builder(new byte[1], List.of("x")).build())
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("cannot load a model of 1 bytes");
  }

  @Test
  void builderWithoutTensorIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Calibrator.builder(new byte[0], List.of()));
  }

  @Test
  void runAfterCloseIsRefused() {
    Calibrator calibrator = conv(OBSERVED);
    calibrator.close();
    calibrator.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> calibrator.run(CalibrationSource.of(List.of(TestModels.convSamples()))));
  }

  private static CalibrationTable calibrate(List<TensorBatch> batches) throws IOException {
    try (Calibrator calibrator = conv(OBSERVED)) {
      return calibrator.run(CalibrationSource.of(batches));
    }
  }

  private static Calibrator conv(List<String> observed) {
    return Calibrator.builder(TestModels.read("conv"), observed).build();
  }

  private static TensorBatch resNetSamples() {
    Random random = new Random(7);
    float[] values = new float[8 * 32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TestModels.batch("input", Shape.of(8, 1, 32, 32), values);
  }
}
