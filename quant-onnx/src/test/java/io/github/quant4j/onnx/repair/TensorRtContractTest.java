/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.qdq.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test breaks one term of the contract in a graph that keeps it otherwise. */
class TensorRtContractTest {
  private static final Shape SCALAR = Shape.of();
  private static final Tensor ZERO = Tensor.ofBytes(ElementType.INT8, SCALAR, (byte) 0);
  private static final Tensor SCALE = Tensor.ofFloats(SCALAR, 0.1f);

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final String x = graph.input("x", 1, 4, 6, 6);

  @Test
  void breaches_quantizedConvolution_areNone() {
    assertThat(TensorRtContract.breaches(sound())).isEmpty();
  }

  @Test
  void breaches_floatWeightBehindAPairPerChannel_areNone() {
    String weight = builder.weight("w", 4, 4, 3, 3);
    String scale = builder.constant("w.scale", Tensor.ofFloats(Shape.of(4), 1, 2, 3, 4));
    String zeros =
        builder.constant("w.zp", Tensor.ofBytes(ElementType.INT8, Shape.of(4), new byte[4]));
    builder.add("QuantizeLinear", "w.q", List.of(weight, scale, zeros), integer("axis", 0));
    builder.add("DequantizeLinear", "w.dq", List.of("w.q", scale, zeros), integer("axis", -4));
    graph.conv("conv", 3, graph.pair("p", x, 0.1f), "w.dq");

    assertThat(TensorRtContract.breaches(graph.build("conv"))).isEmpty();
  }

  @Test
  void breaches_codesAsOutput_areNone() {
    graph.quantize("q", x, 0.1f, ElementType.INT8, 0);

    assertThat(TensorRtContract.breaches(builder.output("q", ElementType.INT8).build())).isEmpty();
  }

  @Test
  void breaches_float16AndBfloat16Scales_areNone() {
    pair(Tensor.of(ElementType.BFLOAT16, SCALAR, bits(0x3dcc)), ZERO);
    builder.add(
        "DequantizeLinear",
        "dq 2",
        List.of(
            "q",
            builder.constant(
                "half", Tensor.of(ElementType.FLOAT16, SCALAR, bits(Float16.toBits(0.1f)))),
            "zp"));

    assertThat(TensorRtContract.breaches(graph.build("dq 2"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 25})
  void breaches_opset_isOne(long opset) {
    builder.opset(opset);
    graph.pair("p", x, 0.1f);

    assertBreach("the standard operators are of version " + opset + ", expected 9 to 24", "p");
  }

  @Test
  void breaches_quantizerOfAnotherDomain_isOne() {
    graph.pair("p", x, 0.1f);
    builder.graph().getNodeBuilder(1).setDomain("com.microsoft");
    builder.graph().getNodeBuilder(0).setDomain("com.microsoft");

    assertThat(TensorRtContract.breaches(graph.build("p")))
        .containsExactly(
            "node \"p.q\" is of domain \"com.microsoft\", expected the standard one",
            "node \"p\" is of domain \"com.microsoft\", expected the standard one");
  }

  @Test
  void breaches_integerOperator_isOne() {
    builder.add("DynamicQuantizeLinear", "dynamic", List.of(x));
    builder.outputs("dynamic.scale", "dynamic.zp");
    builder.output("dynamic", ElementType.UINT8);

    assertThat(TensorRtContract.breaches(builder.build()))
        .containsExactly(
            "node \"dynamic\" computes on codes (DynamicQuantizeLinear), which TensorRT has no"
                + " importer for");
  }

  @ParameterizedTest
  @CsvSource({"0", "-0.5", "NaN", "Infinity"})
  void breaches_scaleThatIsNotPositive_isOne(float scale) {
    pair(Tensor.ofFloats(SCALAR, scale), ZERO);

    assertBreach(
        "node \"dq\" has a scale of %s, expected finite ones above 0".formatted(scale), "dq");
  }

  @Test
  void breaches_scaleOfDoubles_isOne() {
    pair(Tensor.of(ElementType.DOUBLE, SCALAR, ByteBuffer.allocate(8)), ZERO);

    assertBreach("node \"dq\" has a scale of double, expected a float type", "dq");
  }

  @Test
  void breaches_computedScale_isOne() {
    builder.add("ReduceMax", "largest", List.of(x), integer("keepdims", 0));
    builder.constant("zp", ZERO);
    builder.constant("codes", Tensor.ofBytes(ElementType.INT8, Shape.of(2), (byte) 1, (byte) 2));
    builder.add("DequantizeLinear", "dq", List.of("codes", "largest", "zp"));

    assertBreach("node \"dq\" has no data, or a scale that is no initializer", "dq");
  }

  @ParameterizedTest
  @CsvSource({"INT8, 3", "UINT8, 0"})
  void breaches_zeroPointOtherThanInt8Zero_isOne(ElementType type, byte zeroPoint) {
    pair(SCALE, Tensor.ofBytes(type, SCALAR, zeroPoint));

    assertBreach("node \"dq\" has a zero point other than int8 zeros", "dq");
  }

  @Test
  void breaches_zeroPointLeftOut_isOne() {
    builder.constant("scale", SCALE);
    graph.quantize("q", x, 0.1f, ElementType.INT8, 0);
    builder.add("DequantizeLinear", "dq", List.of("q", "scale"));

    assertBreach("node \"dq\" has no zero point, or one that is no initializer", "dq");
  }

  @Test
  void breaches_zeroPointOfAnotherShape_isOne() {
    pair(SCALE, Tensor.ofBytes(ElementType.INT8, Shape.of(1), (byte) 0));

    assertBreach("node \"dq\" has a zero point of shape [1], its scale is of []", "dq");
  }

  @Test
  void breaches_severalScalesOnAnActivation_isOne() {
    pair(
        Tensor.ofFloats(Shape.of(4), 1, 2, 3, 4),
        Tensor.ofBytes(ElementType.INT8, Shape.of(4), new byte[4]));

    assertBreach("node \"dq\" has 4 scales on a tensor that is no constant", "dq");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, -3})
  void breaches_axisThatDoesNotFit_isOne(int axis) {
    weight(3, integer("axis", axis));

    assertBreach("node \"w\" has scales of shape [3] that fit no explicit axis of [3, 2]", "w");
  }

  @Test
  void breaches_axisLeftOut_isOne() {
    weight(3);

    assertBreach("node \"w\" has scales of shape [3] that fit no explicit axis of [3, 2]", "w");
  }

  @Test
  void breaches_axisThatFits_areNone() {
    weight(2, integer("axis", 1));

    assertThat(TensorRtContract.breaches(graph.build("w"))).isEmpty();
  }

  @Test
  void breaches_biasBehindDequantizeLinear_isOne() {
    builder.constant("codes", Tensor.ofInts(Shape.of(1), 7));
    builder.constant("scale", SCALE);
    builder.constant("zp", ZERO);
    builder.add("DequantizeLinear", "dq", List.of("codes", "scale", "zp"));

    assertBreach("node \"dq\" reads codes of int32, expected int8", "dq");
  }

  @Test
  void breaches_codesThatArriveAsUint8_isOne() {
    builder.graph().addInput(ModelBuilder.value("codes", ElementType.UINT8.onnxCode(), 1, 4));
    graph.dequantize("dq", "codes", 0.1f, ElementType.INT8, 0);

    assertBreach("node \"dq\" reads codes of uint8, expected int8", "dq");
  }

  @Test
  void breaches_codesReadByAnotherOperator_isOne() {
    graph.pair("p", x, 0.1f);
    builder.add("Flatten", "flat", List.of("p.q"));
    builder.output("p");

    assertThat(TensorRtContract.breaches(builder.output("flat", ElementType.INT8).build()))
        .containsExactly("node \"p.q\" is read by \"flat\" (Flatten)");
  }

  @Test
  void breaches_castBetween_areOnesOnBothSides() {
    graph.quantize("q", x, 0.1f, ElementType.INT8, 0);
    builder.add("Cast", "cast", List.of("q"), integer("to", ElementType.INT8.onnxCode()));
    graph.dequantize("dq", "cast", 0.1f, ElementType.INT8, 0);

    assertThat(TensorRtContract.breaches(graph.build("dq")))
        .containsExactly(
            "node \"q\" is read by \"cast\" (Cast)", "node \"dq\" reads its codes from a Cast");
  }

  @Test
  void breaches_uint8BetweenNodes_isOne() {
    builder.add("Cast", "pixels", List.of(x), integer("to", ElementType.UINT8.onnxCode()));
    builder.add("Cast", "y", List.of("pixels"), integer("to", ElementType.FLOAT.onnxCode()));

    assertBreach(
        "node \"pixels\" writes \"pixels\" as UINT8, which only inputs and outputs may be", "y");
  }

  @Test
  void breaches_uint8Output_areNone() {
    builder.add("Cast", "pixels", List.of(x), integer("to", ElementType.UINT8.onnxCode()));

    assertThat(TensorRtContract.breaches(builder.output("pixels", ElementType.UINT8).build()))
        .isEmpty();
  }

  @Test
  void breaches_int4Weight_areNotJudged() {
    builder.constant(
        "codes", Tensor.of(ElementType.INT4, Shape.of(2), ByteBuffer.wrap(new byte[] {0x21})));
    builder.constant("scale", SCALE);
    builder.add("DequantizeLinear", "w", List.of("codes", "scale"));

    assertThat(TensorRtContract.breaches(graph.build("w"))).isEmpty();
  }

  /** The breach is in what no pass touches, so it is there after every repair. */
  @Test
  void run_modelThatBreaksTheContract_isHandedOutForOnnxRuntimeOnly() {
    builder.add("Cast", "pixels", List.of(x), integer("to", ElementType.UINT8.onnxCode()));
    builder.add("Cast", "y", List.of("pixels"), integer("to", ElementType.FLOAT.onnxCode()));
    OnnxModel model = graph.build("y");

    assertThatExceptionOfType(RepairException.class)
        .isThrownBy(() -> QdqRepair.create().run(model))
        .withMessageStartingWith(
            "the repaired model is not what TensorRT takes: node \"pixels\" writes \"pixels\"")
        .satisfies(e -> assertThat(e.report()).isPresent());
    assertThat(QdqRepair.create().withTarget(Target.ONNXRUNTIME).run(model).model()).isNotNull();
  }

  private OnnxModel sound() {
    graph.int8Conv("conv", graph.pair("p", x, 0.1f), 4, 4, 3);
    builder.model().addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("a").setVersion(1));
    return graph.build(graph.pair("out", "conv", 0.2f));
  }

  /** Adds a sound QuantizeLinear "q" and a DequantizeLinear "dq" of the given constants. */
  private void pair(Tensor scale, Tensor zeroPoint) {
    graph.quantize("q", x, 0.1f, ElementType.INT8, 0);
    builder.constant("scale", scale);
    builder.constant("zp", zeroPoint);
    builder.add("DequantizeLinear", "dq", List.of("q", "scale", "zp"), integer("axis", 1));
  }

  /** Adds a DequantizeLinear "w" of [3, 2] codes. */
  private void weight(int scaleCount, AttributeProto... attributes) {
    float[] scales = new float[scaleCount];
    Arrays.fill(scales, 0.5f);
    builder.constant("codes", Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2), new byte[6]));
    builder.constant("scale", Tensor.ofFloats(Shape.of(scaleCount), scales));
    builder.constant(
        "zp", Tensor.ofBytes(ElementType.INT8, Shape.of(scaleCount), new byte[scaleCount]));
    builder.add("DequantizeLinear", "w", List.of("codes", "scale", "zp"), attributes);
  }

  private void assertBreach(String expected, String output) {
    assertThat(TensorRtContract.breaches(graph.build(output))).containsExactly(expected);
  }

  private static ByteBuffer bits(int half) {
    return ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) half).flip();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 24})
  void breaches_oldestAndNewestOpset_areNone(long opset) {
    builder.opset(opset);

    assertThat(TensorRtContract.breaches(graph.build(graph.pair("p", x, 0.1f)))).isEmpty();
  }

  @Test
  void breaches_infiniteBfloat16Scale_isOne() {
    pair(Tensor.of(ElementType.BFLOAT16, SCALAR, bits(0x7f80)), ZERO);

    assertBreach("node \"dq\" has a scale of Infinity, expected finite ones above 0", "dq");
  }

  @Test
  void breaches_severalScalesOnWhatIsMadeOfAConstant_isOne() {
    weight(2, integer("axis", 1));
    builder.add("Transpose", "moved", List.of("codes"));
    builder.add("DequantizeLinear", "y", List.of("moved", "scale", "zp"), integer("axis", 0));
    builder.output("w");

    assertBreach("node \"y\" has 2 scales on a tensor that is no constant", "y");
  }

  @Test
  void breaches_codesReadByABody_isOne() {
    graph.pair("p", x, 0.1f);
    builder.output("p");

    assertBreach(
        "node \"p.q\" is read by the body of an If, Loop or Scan",
        Bodies.choice(builder, "if", "p.q"));
  }
}
