/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.qdq.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlignScaleTypesTest {
  private static final Tensor X = ModelBuilder.random(26, 1, 2, 4);

  @Test
  void run_halfScalesBelowOpset19_liftsTheModel() {
    OnnxModel model = halfModel(17, ElementType.FLOAT16, 0);

    List<Finding> findings = Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(model.opset()).isEqualTo(19);
    assertThat(findings)
        .singleElement()
        .hasToString(
            "R26 error at node \"p.q\", tensor \"half\": scale of type float16 on a tensor of type "
                + "float16; opset 17 -> 19, which knows such scales");
    assertThat(Repairs.operators(model)).isEqualTo("Cast QuantizeLinear DequantizeLinear Cast");
    OnnxRuntimeOracle.run(model, X);
  }

  @Test
  void run_halfScalesForOnnxRuntime_becomeFloatBetweenCasts() {
    OnnxModel model = halfModel(17, ElementType.FLOAT16, 0);

    Repairs.runTwice(
        new AlignScaleTypes(), model, RepairOptions.defaults().withTarget(Target.ONNXRUNTIME));

    assertWidened(model, 17, 0);
  }

  @Test
  void run_halfScalesOfAModelThatCannotBeLifted_becomeFloatBetweenCasts() {
    QdqGraph graph = halfGraph(9, ElementType.FLOAT16, 0);
    graph.builder().add("Affine", "v", List.of("x")); // left the standard with opset 10
    OnnxModel model = graph.build("y", "v");

    List<Finding> findings = Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(model.opset()).isEqualTo(9);
    assertThat(findings)
        .singleElement()
        .extracting(finding -> finding.remedy().text())
        .isEqualTo("all are float32, with Casts around");
    assertThat(Repairs.quantizer(model, "p.q").singleScale()).contains(0.0078125f);
  }

  @Test
  void run_asymmetricHalfScales_becomeFloatSoThatTheirZeroPointsCanBeMended() {
    OnnxModel model = halfModel(19, ElementType.FLOAT16, 7);

    Repairs.runTwice(new AlignScaleTypes(), model);

    assertWidened(model, 19, 7);
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"FLOAT16", "BFLOAT16"})
  void run_symmetricHalfScalesOfTheTypeOfTheTensor_changeNothing(ElementType type) {
    assertThat(Repairs.runTwice(new AlignScaleTypes(), halfModel(19, type, 0))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"13", "19", "21"})
  void run_halfTensorWithFloatScale_isCastBeforeQuantizing(long opset) {
    OnnxModel model = floatScales(opset);

    List<Finding> findings = Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(findings)
        .singleElement()
        .extracting(Finding::found)
        .isEqualTo("scale of type float on a tensor of type float16");
    assertThat(Repairs.operators(model)).isEqualTo("Cast Cast QuantizeLinear DequantizeLinear");
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(reference(0));
  }

  @Test
  void run_halfTensorWithFloatScaleAtOpset23_changesNothing() {
    assertThat(Repairs.runTwice(new AlignScaleTypes(), floatScales(23))).isEmpty();
  }

  @Test
  void run_halfScaleOfAFloatTensor_becomesFloatAndTheReaderSeesHalf() {
    QdqGraph graph = new QdqGraph();
    graph.builder().opset(19);
    graph.input("x", 2, 4);
    parameters(graph, ElementType.FLOAT16, 0);
    pair(graph, "x");
    OnnxModel model = graph.build(toFloat(graph, "p"));

    Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Cast Cast");
    assertThat(Repairs.node(model, "p_Cast").integer("to", 0))
        .isEqualTo(ElementType.FLOAT16.onnxCode());
    OnnxRuntimeOracle.run(model, X);
  }

  @Test
  void run_halfWeightBehindAsymmetricPair_becomesAFloatConstant() {
    QdqGraph graph = new QdqGraph();
    graph.builder().opset(19);
    graph.input("x", 2, 4);
    Tensor weight = ScaleValues.like(halves(8), new float[] {1, 2, 3, 4, 5, 6, 7, 0.125f});
    graph.builder().constant("w", weight);
    parameters(graph, ElementType.FLOAT16, 7);
    pair(graph, "w");
    OnnxModel model = graph.build(graph.builder().sum("sum", "x", toFloat(graph, "p")));
    float[] before = OnnxRuntimeOracle.run(model, X);

    Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Cast Cast Add");
    assertThat(Repairs.quantizer(model, "p.q").data().constantElementType())
        .contains(ElementType.FLOAT);
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(before);
  }

  private static Tensor halves(int count) {
    return Tensor.of(ElementType.FLOAT16, Shape.of(2, count / 2), ByteBuffer.allocate(2 * count));
  }

  @Test
  void run_doubleScale_becomesFloat() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    parameters(graph, ElementType.DOUBLE, 0);
    pair(graph, "x");
    OnnxModel model = graph.build(toFloat(graph, "p"));

    Repairs.runTwice(new AlignScaleTypes(), model);

    assertThat(Repairs.quantizer(model, "p.q").singleScale()).contains(0.0078125f);
    assertThat(OnnxRuntimeOracle.run(model, X)).isNotEmpty();
  }

  @Test
  void run_scaleOfIntegers_isRefused() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 2, 4);
    graph.builder().constant("s", Tensor.ofInts(Shape.of(), 1));
    graph.builder().constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    pair(graph, "x");

    Repairs.assertRefused(new AlignScaleTypes(), graph.build("p"));
  }

  @Test
  void run_floatModel_changesNothing() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    OnnxModel model = graph.build(graph.int8Conv("y", graph.pair("p", "x", 0.01f), 2, 3, 1));

    assertThat(Repairs.runTwice(new AlignScaleTypes(), model)).isEmpty();
  }

  /** The pair stands between Casts to and from float16: {@code y = float(half(dq(q(x))))}. */
  private static OnnxModel halfModel(long opset, ElementType type, int zeroPoint) {
    return halfGraph(opset, type, zeroPoint).build("y");
  }

  private static QdqGraph halfGraph(long opset, ElementType type, int zeroPoint) {
    QdqGraph graph = new QdqGraph();
    graph.builder().opset(opset).irVersion(9);
    graph.input("x", 2, 4);
    parameters(graph, type, zeroPoint);
    graph.builder().add("Cast", "half", List.of("x"), ModelBuilder.integer("to", type.onnxCode()));
    pair(graph, "half");
    toFloat(graph, "p");
    return graph;
  }

  private static OnnxModel floatScales(long opset) {
    QdqGraph graph = new QdqGraph();
    graph.builder().opset(opset).irVersion(opset > 21 ? 11 : 10);
    graph.input("x", 2, 4);
    parameters(graph, ElementType.FLOAT, 0);
    graph.builder().add("Cast", "half", List.of("x"), ModelBuilder.integer("to", 10));
    pair(graph, "half");
    return graph.build("p");
  }

  private static void pair(QdqGraph graph, String input) {
    graph.builder().add("QuantizeLinear", "p.q", List.of(input, "s", "z"));
    graph.builder().add("DequantizeLinear", "p", List.of("p.q", "s", "z"));
  }

  private static String toFloat(QdqGraph graph, String value) {
    return graph.builder().add("Cast", "y", List.of(value), ModelBuilder.integer("to", 1));
  }

  /** Adds scale 2^-7, which every type holds exactly, and a zero point. */
  private static void parameters(QdqGraph graph, ElementType type, int zeroPoint) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT16 -> bytes.putShort((short) 0x2000);
      case BFLOAT16 -> bytes.putShort((short) 0x3c00);
      case DOUBLE -> bytes.putDouble(0.0078125);
      default -> bytes.putFloat(0.0078125f);
    }
    graph.builder().constant("s", Tensor.of(type, Shape.of(), bytes.flip()));
    graph.builder().constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) zeroPoint));
  }

  private static void assertWidened(OnnxModel model, long opset, int zeroPoint) {
    assertThat(model.opset()).isEqualTo(opset);
    assertThat(Repairs.operators(model))
        .isEqualTo("Cast Cast QuantizeLinear DequantizeLinear Cast Cast");
    assertThat(Repairs.quantizer(model, "p.q").singleScale()).contains(0.0078125f);
    assertThat(Repairs.quantizer(model, "p").singleScale()).contains(0.0078125f);
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(reference(zeroPoint));
  }

  /** Codes times 2^-7 have at most 8 bits, so that float16 changes nothing behind the pair. */
  private static float[] reference(int zeroPoint) {
    float[] expected = new float[8];
    for (int i = 0; i < expected.length; i++) {
      float half = Float16.round(X.floats().get(i));
      double code = Math.rint(half * 128.0) + zeroPoint;
      expected[i] = (float) ((Math.max(-128, Math.min(127, code)) - zeroPoint) / 128);
    }
    return expected;
  }
}
