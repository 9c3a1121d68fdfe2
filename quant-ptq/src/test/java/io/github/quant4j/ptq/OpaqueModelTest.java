/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.NodeDecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Models in which there is nothing to quantize, or not all that computes. */
class OpaqueModelTest {

  @Test
  void run_onlySubgraphs_returnsTheModelAsItWas() throws IOException {
    OnnxModel floatModel = OpaqueModels.speechDetector();
    QuantizedModel same = quantizeWithoutSamples(floatModel);
    assertThat(same.model().toByteArray()).isEqualTo(floatModel.toByteArray());
    assertThat(same.int8Share()).isEmpty();
    assertThat(outputSqnr(floatModel, same.model())).isInfinite();
  }

  @Test
  void run_onlySubgraphs_planSaysWhyOfEachNode() throws IOException {
    QuantizedModel same = quantizeWithoutSamples(OpaqueModels.speechDetector());
    assertThat(same.plan().quantizedNodeCount()).isZero();
    assertThat(same.plan().decisions())
        .extracting(NodeDecision::opType)
        .containsExactly("Equal", "If");
    assertThat(same.plan().decisions())
        .noneMatch(NodeDecision::isQuantized)
        .allMatch(decision -> !decision.why().text().isBlank());
  }

  @Test
  void run_productBeforeSubgraphs_quantizesItAndKeepsTheBranches() throws IOException {
    OnnxModel floatModel = OpaqueModels.speechDetectorBehindProduct();
    QuantizedModel int8;
    try (CalibrationSource samples = speech(32, true)) {
      int8 = PostTrainingQuantization.of(floatModel).run(samples);
    }
    assertThat(int8.plan().decision("product").orElseThrow().isQuantized()).isTrue();
    assertThat(int8.plan().decision("y").orElseThrow().isQuantized()).isFalse();
    assertThat(outputSqnr(floatModel, int8.model())).isBetween(25.0, 80.0);
  }

  @Test
  void run_operatorOfTheRuntime_returnsTheModelAsItWas() throws IOException {
    OnnxModel floatModel = OpaqueModels.customOperator("com.microsoft", "FusedMatMul");
    QuantizedModel same = quantizeWithoutSamples(floatModel);
    assertThat(same.model().toByteArray()).isEqualTo(floatModel.toByteArray());
    try (CalibrationSource samples = speech(4, false)) {
      assertThat(Verification.of(floatModel, same.model()).run(samples).worstOutputSqnr())
          .isInfinite();
    }
  }

  @Test
  void run_operatorNobodyKnows_passesThroughAndIsNamed() throws IOException {
    OnnxModel floatModel = OpaqueModels.customOperator("org.example", "Convolve");
    QuantizedModel same = quantizeWithoutSamples(floatModel);
    assertThat(same.model().toByteArray()).isEqualTo(floatModel.toByteArray());
    assertThat(same.plan().decision("y").orElseThrow().why().text()).contains("org.example");
  }

  private static QuantizedModel quantizeWithoutSamples(OnnxModel model) throws IOException {
    try (CalibrationSource unread = new UnreadSource()) {
      return PostTrainingQuantization.of(model).run(unread);
    }
  }

  private static double outputSqnr(OnnxModel expected, OnnxModel actual) throws IOException {
    try (CalibrationSource samples = speech(16, true)) {
      return Verification.of(expected, actual).run(samples).worstOutputSqnr();
    }
  }

  /** Returns samples one by one, at both sampling rates in turn. */
  private static CalibrationSource speech(int count, boolean hasRate) {
    List<TensorBatch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      Shape shape = Shape.of(1, 1, OpaqueModels.FEATURES);
      inputs.put("x", Tensor.ofFloats(shape, OpaqueModels.features(i)));
      if (hasRate) {
        long rate = i % 2 == 0 ? OpaqueModels.SAMPLING_RATE : OpaqueModels.SAMPLING_RATE / 2;
        inputs.put("rate", Tensor.ofLongs(Shape.of(1), rate));
      }
      batches.add(TensorBatch.of(inputs));
    }
    return CalibrationSource.of(batches);
  }

  /** A source that nobody may read. */
  private static final class UnreadSource implements CalibrationSource {
    @Override
    public Optional<TensorBatch> next() {
      throw new AssertionError("a sample was read");
    }

    @Override
    public boolean isRewindable() {
      return false;
    }

    @Override
    public void rewind() {
      throw new AssertionError("the samples were rewound");
    }

    @Override
    public OptionalLong sampleCount() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {}
  }
}
