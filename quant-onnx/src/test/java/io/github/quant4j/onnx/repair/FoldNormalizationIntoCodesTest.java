/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldNormalizationIntoCodesTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void run_convolutionOfGroups_computesTheSameWithoutNormalization(int groups) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String weight = graph.weight("w", 0, 8, 4 / groups, 3, 3);
    String bias = graph.builder().weight("b", 8);
    String conv =
        graph.builder().add("Conv", "conv", List.of(x, weight, bias), integer("group", groups));
    graph.builder().batchNormalization("bn", conv, 8);
    OnnxModel model = graph.build("bn");
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(2e-5f));
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.defect()).isEqualTo(Defect.UNFOLDED_NORMALIZATION);
              assertThat(finding.remedy().text()).startsWith("folded into 8 scales and the bias");
            });
  }

  @Test
  void run_factorsOfEitherSign_negatesCodesExactly() {
    OnnxModel model = twoChannels(new byte[] {-5, 127, 3, -127}, 2, -2);

    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    Node weight = Repairs.node(model, "w");
    assertThat(bytes(weight.requiredInput(0).constant().orElseThrow()))
        .containsExactly(-5, 127, -3, 127);
    // |gamma| / sqrt(variance + epsilon) = 2 / sqrt(4)
    assertThat(floats(weight.requiredInput(1).constant().orElseThrow()))
        .containsExactly(0.5f, 0.25f);
  }

  @Test
  void run_lowestCodeNegated_becomesTheLargestAndIsReported() {
    OnnxModel model = twoChannels(new byte[] {-128, 1, -128, 2}, 2, -2);

    List<Finding> findings = Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(bytes(Repairs.node(model, "w").requiredInput(0).constant().orElseThrow()))
        .containsExactly(-128, 1, 127, -2);
    assertThat(findings.get(0).remedy().text()).endsWith(", 1 codes -128 -> 127");
  }

  @Test
  void run_factorOfZero_setsCodesToZeroAndKeepsTheScale() {
    OnnxModel model = twoChannels(new byte[] {9, 1, 7, 2}, 0, 2);

    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    Node weight = Repairs.node(model, "w");
    assertThat(bytes(weight.requiredInput(0).constant().orElseThrow())).containsExactly(0, 0, 7, 2);
    assertThat(floats(weight.requiredInput(1).constant().orElseThrow()))
        .containsExactly(0.5f, 0.25f);
  }

  @Test
  void run_twoInARowBehindOneScale_foldsBoth() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    byte[] codes = new byte[4 * 4];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 7 - 50);
    }
    String weight =
        graph.weight(
            "w",
            0,
            Tensor.ofBytes(ElementType.INT8, Shape.of(4, 4, 1, 1), codes),
            Tensor.ofFloats(Shape.of(), 0.01f));
    graph.builder().batchNormalization("bn1", graph.conv("conv", 1, x, weight), 4);
    graph.builder().batchNormalization("bn2", "bn1", 4);
    OnnxModel model = graph.build("bn2");
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), model)).hasSize(2);

    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(1e-5f));
    assertThat(Repairs.node(model, "w").integer("axis", -1)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void run_gemm_foldsAlongItsOutputs(long transB) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 3, 5), 0.02f);
    String weight = transB == 1 ? graph.weight("w", 0, 6, 5) : graph.weight("w", 1, 5, 6);
    String bias = graph.builder().weight("b", 1, 6);
    graph.builder().add("Gemm", "gemm", List.of(x, weight, bias), integer("transB", transB));
    graph.builder().batchNormalization("bn", "gemm", 6);
    OnnxModel model = graph.build("bn");
    Tensor input = ModelBuilder.random(3, 2, 3, 5);
    float[] expected = OnnxRuntimeOracle.run(model, input);

    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(Repairs.operators(model)).doesNotContain("BatchNormalization");
    assertThat(OnnxRuntimeOracle.run(model, input)).containsExactly(expected, within(1e-5f));
  }

  @Test
  void run_floatWeightBehindPair_becomesCodes() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().weight("w", 8, 4, 1, 1);
    graph
        .builder()
        .batchNormalization("bn", graph.conv("conv", 1, x, graph.pair("wq", "w", 0.01f)), 8);
    OnnxModel model = graph.build("bn");
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(1e-5f));
  }

  @Test
  void run_weightOfTwoConvolutions_leavesTheOtherItsCodes() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String weight = graph.weight("w", 0, 4, 4, 3, 3);
    graph.builder().batchNormalization("bn", graph.conv("conv", 3, x, weight), 4);
    graph.builder().sum("y", "bn", graph.conv("other", 3, x, weight));
    OnnxModel model = graph.build("y");
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(Repairs.operators(model)).doesNotContain("BatchNormalization");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(2e-5f));
  }

  @Test
  void run_outputWithOtherReaders_isKeptWithTheReason() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().batchNormalization("bn", graph.int8Conv("conv", x, 4, 4, 1), 4);
    OnnxModel model = graph.build("bn", "conv");

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), model))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.remedy())
                    .isEqualTo(
                        new Remedy(
                            Remedy.Outcome.KEPT, "kept: the output \"conv\" has other readers")));
  }

  @Test
  void run_transposedConvolution_isKept() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().add("ConvTranspose", "conv", List.of(x, graph.weight("w", 1, 4, 4, 2, 2)));
    graph.builder().batchNormalization("bn", "conv", 4);
    OnnxModel model = graph.build("bn");

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), model))
        .extracting(finding -> finding.remedy().outcome())
        .containsExactly(Remedy.Outcome.KEPT);
  }

  @Test
  void run_computedBias_isKept() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String weight = graph.weight("w", 0, 4, 4, 1, 1);
    String conv = graph.conv("conv", 1, x, weight, graph.bias("b", new int[] {1, 2, 3, 4}, 0.1f));
    graph.builder().batchNormalization("bn", conv, 4);

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), graph.build("bn")))
        .singleElement()
        .satisfies(finding -> assertThat(finding.remedy().text()).startsWith("kept: the bias"));
  }

  @Test
  void run_floatConvolution_findsNothing() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", 1, 4, 6, 6);
    builder.batchNormalization("bn", builder.conv("conv", "x", 4, 4, 3), 4);

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), builder.output("bn").build()))
        .isEmpty();
  }

  /** A convolution of two channels with scales 0.5 and 0.25; variance and epsilon make 4. */
  private static OnnxModel twoChannels(byte[] codes, float... gamma) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 2, 3, 3), 0.02f);
    String weight =
        graph.weight(
            "w",
            0,
            Tensor.ofBytes(ElementType.INT8, Shape.of(2, 2, 1, 1), codes),
            Tensor.ofFloats(Shape.of(2), 0.5f, 0.25f));
    ModelBuilder builder = graph.builder();
    List<String> inputs =
        List.of(
            graph.conv("conv", 1, x, weight),
            builder.constant("gamma", Tensor.ofFloats(Shape.of(2), gamma)),
            builder.constant("beta", Tensor.ofFloats(Shape.of(2), 1, 2)),
            builder.constant("mean", Tensor.ofFloats(Shape.of(2), 3, 4)),
            builder.constant("variance", Tensor.ofFloats(Shape.of(2), 3, 3)));
    builder.add("BatchNormalization", "bn", inputs, ModelBuilder.real("epsilon", 1));
    return graph.build("bn");
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }

  private static float[] floats(Tensor tensor) {
    float[] floats = new float[tensor.floats().remaining()];
    tensor.floats().get(floats);
    return floats;
  }

  @Test
  void run_normalizationOfComputedParameters_isKept() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().batchNormalization("bn", graph.int8Conv("conv", x, 4, 4, 1), 4);
    String gamma = graph.builder().relu("gamma", "bn.gamma");
    graph.builder().graph().getNodeBuilderList().stream()
        .filter(node -> node.getName().equals("bn"))
        .forEach(node -> node.setInput(1, gamma));

    assertThat(Repairs.runTwice(new FoldNormalizationIntoCodes(), graph.build("bn")))
        .singleElement()
        .extracting(finding -> finding.remedy().text())
        .asString()
        .startsWith("kept: it trains, or its parameters are not finite");
  }
}
