/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.Int8Share;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the one call leaves float because of what it measured (P54). */
class AccuracySearchTest {
  private static QuantizedModel quantize(OnnxModel model) throws IOException {
    return quantize(PostTrainingQuantization.of(model));
  }

  private static QuantizedModel quantize(PostTrainingQuantization quantization) throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 4)) {
      return quantization.threadCount(1).run(samples);
    }
  }

  private static double ratio(OnnxModel model, QuantizedModel int8) throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 4)) {
      return Verification.of(model, int8.model()).run(samples).worstOutputSqnr();
    }
  }

  /** Returns the operators that were measured to cost too much. */
  private static List<String> measured(QuantizedModel int8) {
    return int8.plan().decisions().stream()
        .filter(decision -> decision.why().ruleId().equals("P54"))
        .map(NodeDecision::node)
        .toList();
  }

  private static double share(QuantizedModel int8) {
    return int8.int8Share().map(Int8Share::value).orElseThrow();
  }

  @Test
  void run_operatorThatRuinsTheOutput_isFoundAndLeftFloat() throws IOException {
    OnnxModel model = TinyNetwork.withRuin(-1).build();
    QuantizedModel plain = quantize(PostTrainingQuantization.of(model).accuracyTarget(0));
    QuantizedModel int8 = quantize(model);

    assertThat(measured(plain)).isEmpty();
    assertThat(measured(int8)).containsExactly("ruin");
    assertThat(int8.plan().decision("ruin").orElseThrow().why().text())
        .matches("in INT8 it alone takes an output to -?\\d+\\.\\d dB");
    for (String other : List.of("body1", "body2", "body3")) {
      assertThat(int8.plan().decision(other).orElseThrow().isQuantized()).as(other).isTrue();
    }
    assertThat(ratio(model, plain)).isLessThan(20);
    assertThat(ratio(model, int8)).isGreaterThan(24);
    assertThat(share(plain) - share(int8)).isBetween(0.02, 0.03);
  }

  @Test
  void run_forOnnxRuntime_findsTheSame() throws IOException {
    OnnxModel model = TinyNetwork.withRuin(-1).build();

    assertThat(measured(quantize(PostTrainingQuantization.of(model).target(Target.ONNXRUNTIME))))
        .containsExactly("ruin");
  }

  @Test
  void run_fixedNumberOfSamples_keepsBatchesWhole() throws IOException {
    assertThat(measured(quantize(TinyNetwork.withRuin(4).build()))).containsExactly("ruin");
  }

  @Test
  void run_oneSampleAtATime_isMeasuredToo() throws IOException {
    OnnxModel model = TinyNetwork.withRuin(1).build();
    try (CalibrationSource samples = TinyNetwork.samples(4, 1)) {
      assertThat(measured(PostTrainingQuantization.of(model).run(samples))).containsExactly("ruin");
    }
  }

  @Test
  void run_modelThatTakesItsBatchesOnly_isQuantizedUnmeasured() throws IOException {
    TinyNetwork network = TinyNetwork.withRuin(-1);
    network.constant("shape", Tensor.ofLongs(Shape.of(2), 4, 1024));
    OnnxModel model =
        network.output(network.add("Reshape", "flat", List.of("y.relu", "shape"))).build();

    assertThat(measured(quantize(model))).isEmpty();
    assertThat(quantize(model).plan().quantizedNodeCount()).isPositive();
  }

  @Test
  void run_twice_givesTheSameBytes() throws IOException {
    OnnxModel model = TinyNetwork.withRuin(-1).build();

    assertThat(quantize(model).model().toByteArray())
        .isEqualTo(quantize(model).model().toByteArray());
  }

  @Test
  void run_otherBatches_leavesTheSameFloat() throws IOException {
    OnnxModel model = TinyNetwork.withRuin(-1).build();
    try (CalibrationSource samples = TinyNetwork.samples(16, 5)) {
      QuantizedModel inOtherBatches =
          PostTrainingQuantization.of(model).threadCount(1).run(samples);
      assertThat(inOtherBatches.plan().toString()).isEqualTo(quantize(model).plan().toString());
    }
  }

  @Test
  void run_targetReachedByPlainInt8_leavesNothingFloat() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TinyNetwork.harmless().build());

    assertThat(quantize(quantization.accuracyTarget(20)).model().toByteArray())
        .isEqualTo(quantize(quantization.accuracyTarget(0)).model().toByteArray());
  }

  @Test
  void run_ruinAboveTheShareThatMayBeFloat_staysInt8() throws IOException {
    TinyNetwork network = TinyNetwork.of(-1);
    String ruin = network.ruin("ruin", network.spread("stem", "x"));
    OnnxModel model = network.output(network.conv("y", network.conv("one", ruin, 1), 1)).build();
    PostTrainingQuantization quantization = PostTrainingQuantization.of(model);

    assertThat(measured(quantize(quantization.smallestInt8Share(0.9)))).doesNotContain("ruin");
    assertThat(measured(quantize(quantization.smallestInt8Share(0)))).contains("ruin");
  }

  @Test
  void run_targetOutOfReach_keepsTheSmallestShareInInt8() throws IOException {
    OnnxModel model = TinyNetwork.harmless().build();
    PostTrainingQuantization quantization = PostTrainingQuantization.of(model);
    QuantizedModel plain = quantize(quantization.accuracyTarget(0));
    double smallest = share(plain) - 0.55;
    QuantizedModel int8 = quantize(quantization.accuracyTarget(80).smallestInt8Share(smallest));

    assertThat(share(int8)).isGreaterThanOrEqualTo(smallest).isLessThan(share(plain));
    assertThat(ratio(model, int8)).isGreaterThan(ratio(model, plain) + 1);
  }

  @Test
  void run_targetOutOfReachAndNothingMayBeFloat_isPlainInt8() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TinyNetwork.harmless().build());

    assertThat(quantize(quantization.accuracyTarget(80).smallestInt8Share(1)).plan().toString())
        .isEqualTo(quantize(quantization.accuracyTarget(0)).plan().toString());
  }

  @Test
  void run_allFloatInTheEnd_returnsTheModelAsItWas() throws IOException {
    OnnxModel model = TinyNetwork.harmless().build();
    QuantizedModel same =
        quantize(PostTrainingQuantization.of(model).accuracyTarget(200).smallestInt8Share(0));

    assertThat(same.model().toByteArray()).isEqualTo(model.toByteArray());
    assertThat(same.plan().quantizedNodeCount()).isZero();
    assertThat(share(same)).isZero();
  }

  @Test
  void run_ruinOfTheSecondOutputOnly_isFound() throws IOException {
    TinyNetwork network = TinyNetwork.harmless();
    network.add("ArgMax", "label", List.of("y.relu"), NodeList.integer("axis", 1));
    network.output("label", ElementType.INT64);
    String ruin = network.ruin("ruin", network.spread("stem", "body1.relu"));
    OnnxModel model = network.output(network.conv("z", ruin, 3)).build();

    assertThat(measured(quantize(model))).containsExactly("ruin");
  }

  /** Output "none" is zero in float, "where" has a column per element that is not zero. */
  @Test
  void run_outputsThatCannotBeCompared_doNotCount() throws IOException {
    TinyNetwork network = TinyNetwork.withRuin(-1);
    network.add("NonZero", "positions", List.of("y.relu"));
    network.output(network.add("Cast", "where", List.of("positions"), NodeList.integer("to", 1)));
    network.add("Neg", "negative", List.of("body1.relu"));
    network.output(network.add("Relu", "none", List.of("negative")));

    assertThat(measured(quantize(network.build()))).containsExactly("ruin");
  }

  @Test
  void run_multiplyAddsOfSomeNotKnown_leavesOthersFloatAllTheSame() throws IOException {
    TinyNetwork network = TinyNetwork.withRuin(-1);
    network.add("NonZero", "positions", List.of("x"));
    network.add("Cast", "where", List.of("positions"), NodeList.integer("to", 1));
    network.add("Transpose", "rows", List.of("where"));
    QuantizedModel int8 = quantize(network.output(network.product("p", "rows", 4, 16)).build());

    assertThat(int8.int8Share()).isEmpty();
    assertThat(measured(int8)).containsExactly("ruin");
  }

  @Test
  void run_integerInputs_areFedWhenMeasuring() throws IOException {
    TinyNetwork network = TinyNetwork.ofIds().weight("table", 32, 16);
    String rows = network.add("Gather", "rows", List.of("table", "ids"));
    String hidden = network.add("Tanh", "t", List.of(network.product("p", rows, 16, 32)));
    String more = network.add("Tanh", "u", List.of(network.product("q", hidden, 32, 32)));
    OnnxModel model = network.output(network.product("r", more, 32, 16)).build();
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(model).accuracyTarget(200).smallestInt8Share(0);

    try (CalibrationSource samples = TinyNetwork.ids(16, 4)) {
      assertThat(measured(quantization.run(samples))).contains("p", "q");
    }
  }
}
