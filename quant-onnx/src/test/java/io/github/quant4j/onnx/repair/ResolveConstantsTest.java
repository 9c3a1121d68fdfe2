/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolveConstantsTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 1, 2, 5, 5);

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final ResolveConstants pass = new ResolveConstants();

  @Test
  void run_modelOfInitializers_findsNothing() {
    String x = graph.pair("x.dq", graph.input("x", 1, 2, 5, 5), 0.01f);
    String bias = graph.bias("b", new int[] {3, -4, 5}, 1e-4f, 2e-4f, 3e-4f);
    OnnxModel model =
        builder.output(graph.conv("y", 3, x, graph.weight("w", 0, 3, 2, 3, 3), bias)).build();
    byte[] before = model.toByteArray();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_constantNodes_areOneNote() {
    constantNode("s", Tensor.ofFloats(Shape.of(), 0.01f));
    constantNode("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    graph.input("x", 1, 2, 5, 5);
    builder.add("QuantizeLinear", "q", List.of("x", "s", "z"));
    builder.add("DequantizeLinear", "y", List.of("q", "s", "z"));

    OnnxModel model = builder.output("y").build();
    assertThat(keepsResults(model))
        .extracting(Finding::toString)
        .containsExactly(
            "R01 note at node \"s\", tensor \"s\": Constant nodes hold 2 tensors;"
                + " nodes -> initializers of the same names");
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear");
  }

  /** What the exporter of PyTorch writes where it folds no constants (T41). */
  @Test
  void run_biasComputedByNodes_isReportedByParameter() {
    String x = graph.pair("x.dq", graph.input("x", 1, 2, 5, 5), 0.01f);
    String weight = graph.weight("w", 0, 3, 2, 3, 3);
    builder.constant("b", Tensor.ofFloats(Shape.of(3), 0.0299f, -0.0299f, 0.5f));
    builder.constant("sx", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.add("Mul", "s", List.of("w.scale", "sx"));
    builder.add("Div", "b/s", List.of("b", "s"));
    builder.add("Cast", "codes", List.of("b/s"), integer("to", ElementType.INT32.onnxCode()));
    builder.add("Shape", "count", List.of("b"));
    builder.add("ConstantOfShape", "zeros", List.of("count"));
    builder.add("Cast", "zp", List.of("zeros"), integer("to", ElementType.INT32.onnxCode()));
    builder.add("DequantizeLinear", "bias", List.of("codes", "s", "zp"), integer("axis", 0));
    OnnxModel model = builder.output(graph.conv("y", 3, x, weight, "bias")).build();

    assertThat(keepsResults(model))
        .extracting(finding -> finding.site().tensor() + ": " + finding.found())
        .containsExactly(
            "codes: the constant of codes is computed by Cast, Div, Mul",
            "s: the scale is computed by nodes that serve others too",
            "zp: the zero point is computed by Cast, ConstantOfShape, Shape");
    float[] scales = floats(model, "s");
    Tensor codes = constant(model, "codes");
    assertThat(codes.ints().get(0)).isEqualTo((int) (0.0299f / scales[0])).isPositive();
    assertThat(codes.ints().get(1)).isEqualTo((int) (-0.0299f / scales[1])).isNegative();
    assertThat(constant(model, "zp").elementType()).isEqualTo(ElementType.INT32);
  }

  @Test
  void run_weightBehindTransposeAndIdentity_becomesAnInitializer() {
    String x = graph.pair("x.dq", graph.input("x", 1, 2, 5, 5), 0.01f);
    graph.weight("w", 0, 2, 3, 3, 3);
    builder.add(
        "Transpose", "turned", List.of("w.codes"), ModelBuilder.integers("perm", 1, 0, 2, 3));
    builder.add("Identity", "same", List.of("turned"));
    builder.constant("one", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.constant("zero", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder.add("DequantizeLinear", "v", List.of("same", "one", "zero"));
    OnnxModel model = builder.output(graph.conv("y", 3, x, "v")).build();

    assertThat(keepsResults(model))
        .extracting(finding -> finding.found() + "; " + finding.remedy().text())
        .containsExactly(
            "the constant of codes is computed by Identity, Transpose;"
                + " nodes -> initializer, int8 [3, 2, 3, 3]");
  }

  @Test
  void run_floatWeightBehindAPair_keepsThePair() {
    String x = graph.pair("x.dq", graph.input("x", 1, 2, 5, 5), 0.01f);
    String weight = graph.pair("w.dq", builder.weight("w", 3, 2, 3, 3), 0.01f);
    OnnxModel model = builder.output(graph.conv("y", 3, x, weight)).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear QuantizeLinear DequantizeLinear Conv");
  }

  @Test
  void run_identityOfAnActivation_isOneNoteForAll() {
    graph.input("x", 1, 2, 5, 5);
    builder.add("Identity", "a", List.of("x"));
    builder.relu("r", "a");
    builder.add("Identity", "b", List.of("r"));
    OnnxModel model = builder.output(graph.pair("y", "b", 0.01f)).build();

    assertThat(keepsResults(model))
        .extracting(Finding::found)
        .containsExactly("2 nodes hand on a tensor as it is, or compute with constants only");
    assertThat(Repairs.operators(model)).isEqualTo("Relu QuantizeLinear DequantizeLinear");
  }

  @Test
  void run_pairInAFunction_isInlined() {
    graph.input("x", 1, 2, 5, 5);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder
        .model()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1))
        .addFunctions(
            FunctionProto.newBuilder()
                .setDomain("local")
                .setName("Pair")
                .addInput("a")
                .addInput("scale")
                .addInput("zero")
                .addOutput("r")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addNode(ModelBuilder.node("QuantizeLinear", "c", List.of("a", "scale", "zero")))
                .addNode(
                    ModelBuilder.node("DequantizeLinear", "r", List.of("c", "scale", "zero"))));
    builder
        .graph()
        .addNode(
            NodeProto.newBuilder()
                .setDomain("local")
                .setOpType("Pair")
                .setName("y")
                .addAllInput(List.of("x", "s", "z"))
                .addOutput("y"));
    OnnxModel model = builder.output("y").build();

    assertThat(keepsResults(model))
        .extracting(finding -> finding.site().node())
        .containsExactly("y");
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear");
  }

  private List<Finding> keepsResults(OnnxModel model) {
    float[] before = OnnxRuntimeOracle.run(model, INPUT);
    List<Finding> findings = Repairs.runTwice(pass, model);
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isEqualTo(before);
    return findings;
  }

  private void constantNode(String name, Tensor value) {
    builder.add("Constant", name, List.of(), ModelBuilder.tensor("value", value));
  }

  private static Tensor constant(OnnxModel model, String name) {
    return model.graph().value(name).flatMap(Value::constant).orElseThrow();
  }

  private static float[] floats(OnnxModel model, String name) {
    float[] values = new float[constant(model, name).floats().remaining()];
    constant(model, name).floats().get(values);
    return values;
  }
}
