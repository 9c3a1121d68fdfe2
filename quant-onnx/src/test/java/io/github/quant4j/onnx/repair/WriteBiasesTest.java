/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteBiasesTest {
  private static final RepairOptions OPTIONS =
      RepairOptions.defaults().withTarget(Target.ONNXRUNTIME);
  private static final Tensor X = ModelBuilder.random(99, 1, 1, 2, 4, 4);
  private static final float[] WEIGHT_SCALES = {0.001f, 0.002f, 0.003f};
  private static final float[] BIAS = {0.5f, -0.12345f, 1e-6f};

  @Test
  void run_floatBias_isWrittenInUnitsOfInputTimesWeightScale() {
    OnnxModel model = convolution(BIAS);
    float[] before = OnnxRuntimeOracle.run(model, X);

    List<Finding> findings = Repairs.runTwice(new WriteBiases(), model, OPTIONS);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R09 error at node \"y\", tensor \"b\": float bias of 3 values; "
                + "int32 codes in units of input scale times weight scale");
    Quantizer bias = bias(model, "y");
    float[] scales = ScaleValues.of(bias.scale().orElseThrow()).orElseThrow();
    int[] codes = ZeroPoints.of(bias.data().constant().orElseThrow()).orElseThrow();
    for (int i = 0; i < codes.length; i++) {
      double unit = (double) 0.01f * WEIGHT_SCALES[i];
      assertThat(scales[i]).isEqualTo((float) unit);
      assertThat(codes[i]).isEqualTo((int) Math.rint(BIAS[i] / unit));
    }
    assertThat(bias.hasZeroPoint()).isFalse();
    assertThat(bias.node().integer("axis", 1)).isZero();
    assertThat(model.graph().value("b")).isEmpty();
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before, within(1.6e-5f));
  }

  @Test
  void run_targetTensorRt_changesNothing() {
    assertThat(Repairs.runTwice(new WriteBiases(), convolution(BIAS))).isEmpty();
  }

  @Test
  void run_weightOfOneScale_hasOneBiasScale() {
    QdqGraph graph = graph(BIAS);
    Tensor codes =
        Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2, 1, 1), new byte[] {1, 2, 3, 4, 5, 6});
    String weight = graph.weight("v", 0, codes, Tensor.ofFloats(Shape.of(), 0.004f));
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight, "b"));

    Repairs.runTwice(new WriteBiases(), model, OPTIONS);

    assertThat(bias(model, "y").singleScale()).contains((float) ((double) 0.01f * 0.004f));
    assertThat(bias(model, "y").scale().orElseThrow().shape().rank()).isZero();
  }

  @Test
  void run_biasOfTwoOperators_getsCodesForEach() {
    QdqGraph graph = graph(BIAS);
    graph.conv("y", 1, "p", weight(graph), "b");
    graph.conv("v", 1, graph.pair("q", "x", 0.02f), "w", "b");
    OnnxModel model = graph.build("y", "v");

    Repairs.runTwice(new WriteBiases(), model, OPTIONS);

    assertThat(bias(model, "y").data()).isNotEqualTo(bias(model, "v").data());
    assertThat(ScaleValues.of(bias(model, "v").scale().orElseThrow()).orElseThrow())
        .startsWith((float) ((double) 0.02f * 0.001f));
    assertThat(model.graph().value("b")).isEmpty();
  }

  @Test
  void run_biasTooLargeForTheWeightScale_staysFloat() {
    assertThat(Repairs.runTwice(new WriteBiases(), convolution(1f, 3e4f, 1f), OPTIONS))
        .singleElement()
        .extracting(finding -> finding.remedy().outcome())
        .isEqualTo(Remedy.Outcome.KEPT);
  }

  @Test
  void run_int32BiasInOtherUnits_isWrittenAnew() {
    QdqGraph graph = graph(BIAS);
    String old = graph.bias("i", new int[] {50, 60, 70}, 0.01f, 0.01f, 0.01f);
    OnnxModel model = graph.build(graph.conv("y", 1, "p", weight(graph), old));

    Repairs.runTwice(new WriteBiases(), model, OPTIONS);

    assertThat(ScaleValues.of(bias(model, "y").scale().orElseThrow()).orElseThrow())
        .startsWith((float) ((double) 0.01f * 0.001f));
    assertThat(model.graph().value("i.codes")).isEmpty();
    assertThat(model.graph().value("i")).isEmpty();
  }

  @Test
  void run_gemm_isWrittenToo() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    graph.builder().constant("b", Tensor.ofFloats(Shape.of(3), BIAS));
    String weight = graph.weight("w", 1, 4, 3);
    OnnxModel model =
        graph.build(
            graph.builder().add("Gemm", "y", List.of(graph.pair("p", "x", 0.01f), weight, "b")));

    assertThat(Repairs.runTwice(new WriteBiases(), model, OPTIONS)).hasSize(1);
  }

  @Test
  void run_floatActivation_changesNothing() {
    QdqGraph graph = graph(BIAS);
    OnnxModel model = graph.build(graph.conv("y", 1, "x", weight(graph), "b"));

    assertThat(Repairs.runTwice(new WriteBiases(), model, OPTIONS)).isEmpty();
  }

  @Test
  void run_weightScalesAlongTheInputs_changesNothing() {
    QdqGraph graph = graph(0.5f, 0.25f);
    OnnxModel model = graph.build(graph.conv("y", 1, "p", graph.weight("v", 1, 2, 2, 1, 1), "b"));

    assertThat(Repairs.runTwice(new WriteBiases(), model, OPTIONS)).isEmpty();
  }

  @Test
  void run_afterConvertBiases_leavesNothingForIt() {
    OnnxModel model = convolution(BIAS);
    new WriteBiases().run(new RepairContext(model, OPTIONS));

    assertThat(Repairs.runTwice(new ConvertBiases(), model, OPTIONS)).isEmpty();
  }

  @Test
  void wholeRepair_runOnItsOwnOutput_changesNothing() {
    QdqRepair repair = QdqRepair.create().withTarget(Target.ONNXRUNTIME);
    OnnxModel once = repair.run(convolution(BIAS)).model();

    RepairedModel twice = repair.run(once);

    assertThat(twice.model().toByteArray()).isEqualTo(once.toByteArray());
    assertThat(bias(once, "y").codeType()).isEqualTo(ElementType.INT32);
  }

  private static OnnxModel convolution(float... bias) {
    QdqGraph graph = graph(bias);
    return graph.build(graph.conv("y", 1, "p", weight(graph), "b"));
  }

  private static QdqGraph graph(float... bias) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    graph.builder().constant("b", Tensor.ofFloats(Shape.of(bias.length), bias));
    graph.pair("p", "x", 0.01f);
    return graph;
  }

  private static String weight(QdqGraph graph) {
    Tensor codes =
        Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2, 1, 1), new byte[] {1, 2, 3, 4, 5, 6});
    return graph.weight("w", 0, codes, Tensor.ofFloats(Shape.of(3), WEIGHT_SCALES));
  }

  private static Quantizer bias(OnnxModel model, String node) {
    Node reader = Repairs.node(model, node);
    return reader.input(2).flatMap(Value::producer).flatMap(Quantizer::of).orElseThrow();
  }

  @Test
  void run_transposedConvolutionInGroups_countsTheChannelsOfAllGroups() {
    QdqGraph graph = graph(1, 2, 3, 4, 5, 6);
    Tensor codes = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 3, 1, 1), new byte[6]);
    String weight = graph.weight("w", 0, codes, Tensor.ofFloats(Shape.of(1), 0.02f));
    OnnxModel model =
        graph.build(
            graph
                .builder()
                .add(
                    "ConvTranspose",
                    "y",
                    List.of("p", weight, "b"),
                    ModelBuilder.integer("group", 2)));
    float[] before = OnnxRuntimeOracle.run(model, X);

    assertThat(Repairs.runTwice(new WriteBiases(), model, OPTIONS)).hasSize(1);

    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before, within(2e-4f));
  }

  /** The factor is no part of the units of the bias. */
  @Test
  void run_biasOfAGemmWithAlpha_isNoneOfIntegers() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    String weight =
        graph.weight(
            "w",
            1,
            Tensor.ofBytes(ElementType.INT8, Shape.of(4, 3), new byte[12]),
            Tensor.ofFloats(Shape.of(3), WEIGHT_SCALES));
    float[] scales = new float[3];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) ((double) 0.01f * WEIGHT_SCALES[i]);
    }
    String bias = graph.bias("b", new int[] {1, 2, 3}, scales);
    graph
        .builder()
        .add(
            "Gemm",
            "y",
            List.of(graph.pair("p", "x", 0.01f), weight, bias),
            ModelBuilder.real("alpha", 0.5f));
    OnnxModel model = graph.build("y");

    assertThat(Repairs.runTwice(new ConvertBiases(), model, OPTIONS)).hasSize(1);
    assertThat(Repairs.node(model, "y").requiredInput(2).isConstant()).isTrue();
  }
}
