/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that onnxruntime.quantization made of one float model, against the answers of that.
 *
 * <p>Ratios of signal to quantization noise are in decibels; those of the sources are what {@code
 * python src/test/python/onnxruntime_exports.py src/test/resources/ort} printed.
 */
class OnnxRuntimeExportTest {
  private static final ForeignModels EXPORTS = new ForeignModels("ort");
  private static final Tensor INPUT = EXPORTS.batch("input.bin", 3, 8);
  private static final float[] EXPECTED = EXPORTS.floats("output.bin");

  /**
   * Symmetric codes have half the resolution of asymmetric ones on tensors that are not negative, 6
   * dB of the source's ratio; a range that is reduced already loses less.
   */
  @ParameterizedTest
  @CsvSource({
    "qdq-unsigned, 32.54, 6",
    "qdq-unsigned-channels, 37.31, 6",
    "qdq-unsigned-weights, 31.94, 6",
    "qdq-signed, 30.83, 6",
    "qdq-symmetric, 32.52, 0.5",
    "qdq-symmetric-channels, 30.43, 0.5",
    "operators-unsigned, 32.54, 6",
    "operators-unsigned-channels, 37.31, 6",
    "operators-symmetric, 32.52, 0.5"
  })
  void run_staticModel_losesNoMoreThanSymmetryCosts(String name, double source, double loss) {
    OnnxModel model = EXPORTS.model(name);
    assertThat(ForeignModels.sqnr(model, INPUT, EXPECTED)).isCloseTo(source, within(1.0));
    RepairedModel repaired = QdqRepair.create().run(model);
    assertThat(ForeignModels.sqnr(repaired.model(), INPUT, EXPECTED))
        .isGreaterThanOrEqualTo(source - loss);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qdq-unsigned",
        "qdq-unsigned-channels",
        "qdq-unsigned-weights",
        "qdq-signed",
        "qdq-symmetric",
        "qdq-symmetric-channels",
        "operators-unsigned",
        "operators-unsigned-channels",
        "operators-symmetric"
      })
  void run_staticModel_leavesSymmetricInt8PairsOnly(String name) {
    RepairedModel repaired = QdqRepair.create().run(EXPORTS.model(name));
    ForeignModels.assertFitForTensorRt(repaired);
    ForeignModels.assertNothingIsLeft(repaired);
    ForeignModels.assertAddsReadAConvolutionAndAPair(repaired, 1);
  }

  /**
   * It computes scales from every input anew; whoever gives none has nothing to replace them by.
   */
  @Test
  void run_dynamicModelWithoutRanges_isRefused() {
    OnnxModel model = EXPORTS.model("dynamic");
    assertThatThrownBy(() -> QdqRepair.create().run(model))
        .isInstanceOf(RepairException.class)
        .hasMessageContaining("R27 error at node");
  }

  @Test
  void run_dynamicModelWithRanges_isQuantizedStatically() {
    OnnxModel model = EXPORTS.model("dynamic");
    RepairedModel repaired = QdqRepair.create().withRanges(observed(model)).run(model);
    ForeignModels.assertFitForTensorRt(repaired);
    // 31.69 dB as it is
    assertThat(ForeignModels.sqnr(repaired.model(), INPUT, EXPECTED)).isGreaterThan(28);
  }

  /** Returns the ranges of the samples in the float form of a model. */
  private static CalibrationTable observed(OnnxModel model) {
    FloatForm floatForm = QdqRepair.floatForm(model);
    Graph graph = floatForm.model().graph();
    for (String name : floatForm.observationPoints()) {
      graph
          .value(name)
          .filter(value -> !value.isGraphInput() && !value.isGraphOutput())
          .ifPresent(graph.rewriter()::addOutput);
    }
    Map<String, Tensor> tensors =
        new TreeMap<>(OnnxRuntimeOracle.run(floatForm.model(), Map.of("input", INPUT)));
    tensors.put("input", INPUT);
    CalibrationTable.Builder table = CalibrationTable.builder();
    tensors.forEach(
        (name, tensor) -> {
          FloatBuffer values = tensor.floats();
          float minimum = 0;
          float maximum = 0;
          while (values.hasRemaining()) {
            float value = values.get();
            minimum = Math.min(minimum, value);
            maximum = Math.max(maximum, value);
          }
          table.put(name, TensorCalibration.of(new ValueRange(minimum, maximum)));
        });
    return table.build();
  }
}
