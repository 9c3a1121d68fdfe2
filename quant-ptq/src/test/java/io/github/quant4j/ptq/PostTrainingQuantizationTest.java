/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.CalibrationProgress;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.NodeSelector;
import io.github.quant4j.onnx.qdq.PlanProfile;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.qdq.WeightForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PostTrainingQuantizationTest {
  private static final String MODEL = "mobilenet_fp32";

  private static QuantizedModel quantize(PostTrainingQuantization quantization) throws IOException {
    try (CalibrationSource samples = TestSamples.images(16, 8)) {
      return quantization.run(samples);
    }
  }

  private static List<ElementType> dequantizedTypes(OnnxModel model) {
    return model.graph().nodes().stream()
        .filter(node -> node.is("DequantizeLinear"))
        .map(node -> node.input(0).flatMap(Value::constant).map(Tensor::elementType))
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  @Test
  void run_realModel_observesExactlyWhatThePlanNeeds() throws IOException {
    QuantizedModel int8 = quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)));
    assertThat(int8.table().tensors()).isEqualTo(int8.plan().observationPoints());
    assertThat(int8.table().sampleCount()).isEqualTo(16);
  }

  @Test
  void run_withARangeSelector_choosesRangesFromHistograms() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TestSamples.model(MODEL)).accuracyTarget(0);
    CalibrationTable extremes = quantize(quantization).table();
    CalibrationTable chosen =
        quantize(quantization.ranges("percentile 99", PercentileSelector.symmetric(99))).table();

    assertThat(chosen.provenance().method()).contains("percentile 99");
    assertThat(chosen.tensors())
        .isEqualTo(extremes.tensors())
        .allSatisfy(
            tensor -> {
              assertThat(chosen.statistics(tensor)).isEqualTo(extremes.statistics(tensor));
              float magnitude = extremes.range(tensor).orElseThrow().absoluteMaximum();
              assertThat(chosen.range(tensor).orElseThrow().absoluteMaximum())
                  .isLessThan(magnitude);
            });
  }

  @Test
  void run_realModel_leavesTheFloatModelAsItWas() throws IOException {
    OnnxModel floatModel = TestSamples.model(MODEL);
    byte[] before = floatModel.toByteArray();
    quantize(PostTrainingQuantization.of(floatModel));
    assertThat(floatModel.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_realModel_keepsInputsAndOutputs() throws IOException {
    OnnxModel floatModel = TestSamples.model(MODEL);
    OnnxModel int8 = quantize(PostTrainingQuantization.of(floatModel)).model();
    assertThat(int8.graph().inputs()).hasToString(floatModel.graph().inputs().toString());
    assertThat(int8.graph().outputs()).hasToString(floatModel.graph().outputs().toString());
  }

  @Test
  void run_otherBatchSize_givesTheSameBytes() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TestSamples.model(MODEL)).threadCount(1);
    byte[] inOne;
    try (CalibrationSource samples = TestSamples.images(16, 16)) {
      inOne = quantization.run(samples).model().toByteArray();
    }
    byte[] inUnevenParts;
    try (CalibrationSource samples = TestSamples.images(16, 5)) {
      inUnevenParts = quantization.run(samples).model().toByteArray();
    }
    assertThat(inUnevenParts).isEqualTo(inOne);
  }

  @Test
  void run_forTensorRt_writesNoInt32() throws IOException {
    OnnxModel int8 = quantize(PostTrainingQuantization.of(TestSamples.model(MODEL))).model();
    assertThat(dequantizedTypes(int8)).containsExactly(ElementType.INT8);
  }

  @Test
  void run_forOnnxRuntime_writesBiasesAsInt32() throws IOException {
    OnnxModel int8 =
        quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)).target(Target.ONNXRUNTIME))
            .model();
    assertThat(dequantizedTypes(int8))
        .containsExactlyInAnyOrder(ElementType.INT8, ElementType.INT32);
  }

  @Test
  void run_excludedNode_staysFloat() throws IOException {
    NodeSelector head = NodeSelector.none().withName("/head/.*");
    QuantizedModel int8 =
        quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)).exclude(head));
    assertThat(int8.plan().decision("/head/head.0/Conv").orElseThrow().isQuantized()).isFalse();
    assertThat(int8.plan().quantizedNodeCount()).isPositive();
  }

  @Test
  void run_everythingExcluded_returnsTheModelAsItWas() throws IOException {
    OnnxModel floatModel = TestSamples.model(MODEL);
    NodeSelector all = NodeSelector.none().withName(".*");
    QuantizedModel same = quantize(PostTrainingQuantization.of(floatModel).exclude(all));
    assertThat(same.model().toByteArray()).isEqualTo(floatModel.toByteArray());
    assertThat(same.plan().quantizedNodeCount()).isZero();
  }

  @Test
  void run_withListener_reportsEveryBatch() throws IOException {
    List<CalibrationProgress> seen = new ArrayList<>();
    quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)).listener(seen::add));
    assertThat(seen).extracting(CalibrationProgress::sampleCount).containsExactly(8L, 16L);
  }

  @Test
  void run_quantizedModel_isRefusedByName() throws IOException {
    OnnxModel int8 = quantize(PostTrainingQuantization.of(TestSamples.model(MODEL))).model();
    Node first = int8.firstQuantizedNode().orElseThrow();
    assertThatThrownBy(() -> quantize(PostTrainingQuantization.of(int8)))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining(first.name())
        .hasMessageContaining("quantized already");
  }

  @Test
  void run_noSample_isRefused() throws IOException {
    PostTrainingQuantization quantization = PostTrainingQuantization.of(TestSamples.model(MODEL));
    try (CalibrationSource empty = CalibrationSource.of(List.of())) {
      assertThatThrownBy(() -> quantization.run(empty))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("no sample");
    }
  }

  @Test
  void run_sampleOfAnotherName_isRefusedWithBothNames() throws IOException {
    PostTrainingQuantization quantization = PostTrainingQuantization.of(TestSamples.model(MODEL));
    try (CalibrationSource samples = TestSamples.source("image", TestSamples.pixels(2), 2, 2)) {
      assertThatThrownBy(() -> quantization.run(samples))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContainingAll("image", "input");
    }
  }

  @Test
  void run_sampleWithNaN_isRefusedByInput() throws IOException {
    float[] pixels = TestSamples.pixels(4);
    pixels[2 * 1024 + 7] = Float.NaN;
    PostTrainingQuantization quantization = PostTrainingQuantization.of(TestSamples.model(MODEL));
    try (CalibrationSource samples = TestSamples.source("input", pixels, 4, 4)) {
      assertThatThrownBy(() -> quantization.run(samples))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContainingAll("input", "NaN");
    }
  }

  @Test
  void threadCount_negative_isRefused() throws IOException {
    PostTrainingQuantization quantization = PostTrainingQuantization.of(TestSamples.model(MODEL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> quantization.threadCount(-1))
        .withMessageContaining("-1");
  }

  @Test
  void run_realModel_saysHowMuchOfItIsInt8() throws IOException {
    QuantizedModel int8 = quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)));

    assertThat(int8.int8Share().orElseThrow().value()).isBetween(0.81, 1.0);
    assertThat(int8.int8Share().orElseThrow().int8())
        .isLessThanOrEqualTo(int8.int8Share().orElseThrow().total());
  }

  @Test
  void run_includedNodes_areTheOnlyOnesInInt8() throws IOException {
    NodeSelector two = NodeSelector.none().withName("body[12]");
    try (CalibrationSource samples = TinyNetwork.samples(4, 4)) {
      QuantizedModel int8 =
          PostTrainingQuantization.of(TinyNetwork.harmless().build()).include(two).run(samples);

      assertThat(int8.plan().decisions())
          .filteredOn(decision -> decision.isQuantized() && decision.opType().equals("Conv"))
          .extracting(NodeDecision::node)
          .containsExactly("body1", "body2");
    }
  }

  @Test
  void run_otherProfile_quantizesOtherwise() throws IOException {
    Set<Integer> counts = new HashSet<>();
    for (PlanProfile profile : PlanProfile.values()) {
      counts.add(
          quantize(PostTrainingQuantization.of(TestSamples.model(MODEL)).profile(profile))
              .plan()
              .quantizedNodeCount());
    }

    assertThat(counts).hasSizeGreaterThan(1);
  }

  @Test
  void run_weightsWithPairs_storesNoCodes() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TestSamples.model(MODEL))
            .weightForm(WeightForm.FLOAT_WITH_PAIRS);

    assertThat(dequantizedTypes(quantize(quantization).model())).isEmpty();
  }

  @Test
  void options_thatMakeNoSense_areRefused() throws IOException {
    PostTrainingQuantization quantization = PostTrainingQuantization.of(TestSamples.model(MODEL));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> quantization.accuracyTarget(Double.NaN))
        .withMessage("decibels is NaN, expected a number");
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> quantization.smallestInt8Share(share))
          .withMessage("share must be in [0, 1], was " + share);
    }
  }
}
