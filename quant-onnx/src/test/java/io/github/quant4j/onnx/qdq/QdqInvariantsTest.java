/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graphs broken by hand. */
class QdqInvariantsTest {
  private static final AttributeProto AXIS_0 = ModelBuilder.integer("axis", 0);

  private final ModelBuilder builder = ModelBuilder.create();

  QdqInvariantsTest() {
    builder.input("x", 4, 4);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.5f));
    builder.constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder.constant("s4", Tensor.ofFloats(Shape.of(4), 1, 1, 1, 1));
    builder.constant("z4", Tensor.ofBytes(ElementType.INT8, Shape.of(4), new byte[4]));
    builder.constant("w", Tensor.ofBytes(ElementType.INT8, Shape.of(4, 4), new byte[16]));
  }

  @Test
  void check_soundGraph_passes() {
    pair("x");
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    output("MatMul", "y", "x_d", "wf");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void check_codesReadByAnotherOperator_breaksI1() {
    pair("x");
    output("Cast", "y", "x_q");

    assertBreach("invariant I1 does not hold at node \"x_q\": it is read by y");
  }

  @Test
  void check_codesThatAreAnOutput_breaksI1() {
    pair("x");
    builder.output("x_d").output("x_q");

    assertBreach("invariant I1 does not hold at node \"x_q\"");
  }

  @Test
  void check_codesNobodyReads_breaksI1() {
    builder.add("QuantizeLinear", "q", List.of("x", "s", "z"));

    assertBreach("invariant I1 does not hold at node \"q\"");
  }

  @Test
  void check_missingZeroPoint_breaksI2() {
    builder.add("QuantizeLinear", "q", List.of("x", "s"));
    output("DequantizeLinear", "d", "q", "s", "z");

    assertBreach(
        "invariant I2 does not hold at node \"q\": its zero point is not int8 zeros of shape []");
  }

  @Test
  void check_zeroPointThatIsNotZero_breaksI2() {
    builder.constant("one", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 1));
    builder.add("QuantizeLinear", "q", List.of("x", "s", "one"));
    output("DequantizeLinear", "d", "q", "s", "one");

    assertBreach("invariant I2 does not hold at node \"q\"");
  }

  @Test
  void check_zeroPointOfUint8_breaksI2() {
    builder.constant("u", Tensor.ofBytes(ElementType.UINT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", "q", List.of("x", "s", "u"));
    output("DequantizeLinear", "d", "q", "s", "u");

    assertBreach("invariant I2 does not hold at node \"q\"");
  }

  @Test
  void check_biasWithAZeroPoint_breaksI2() {
    builder.constant("b", Tensor.ofInts(Shape.of(4), 1, 2, 3, 4));
    builder.constant("zero", Tensor.ofInts(Shape.of(), 0));
    output("DequantizeLinear", "d", "b", "s", "zero");

    assertBreach("invariant I2 does not hold at node \"d\": its INT32 constant has a zero point");
  }

  @Test
  void check_scaleThatIsZero_breaksI3() {
    builder.constant("zero", Tensor.ofFloats(Shape.of(), 0));
    builder.add("QuantizeLinear", "q", List.of("x", "zero", "z"));
    output("DequantizeLinear", "d", "q", "zero", "z");

    assertBreach("invariant I3 does not hold at node \"q\": its scale is 0.0");
  }

  @Test
  void check_scaleThatIsNotFinite_breaksI3() {
    builder.constant("nan", Tensor.ofFloats(Shape.of(), Float.NaN));
    output("DequantizeLinear", "d", "w", "nan", "z");

    assertBreach("invariant I3 does not hold at node \"d\": its scale is NaN");
  }

  @Test
  void check_computedScale_breaksI3() {
    builder.add("ReduceMax", "max", List.of("x"));
    builder.add("QuantizeLinear", "q", List.of("x", "max", "z"));
    output("DequantizeLinear", "d", "q", "max", "z");

    assertBreach("invariant I3 does not hold at node \"q\": its scale is not a float constant");
  }

  @Test
  void check_activationWithAScalePerChannel_breaksI4() {
    builder.add("QuantizeLinear", "q", List.of("x", "s4", "z4"), AXIS_0);
    output("DequantizeLinear", "d", "q", "s4", "z4");

    assertBreach("invariant I4 does not hold at node \"q\": its scale has shape [4]");
  }

  @Test
  void check_dequantizedActivationWithAScalePerChannel_breaksI4() {
    builder.add("QuantizeLinear", "q", List.of("x", "s", "z"));
    dequantize("d", "q", "s4", "z4", AXIS_0);
    builder.output("d");

    assertBreach("invariant I4 does not hold at node \"d\"");
  }

  @Test
  void check_weightWithoutAnAxis_breaksI4() {
    output("DequantizeLinear", "d", "w", "s4", "z4");

    assertBreach(
        "invariant I4 does not hold at node \"d\": its scale of shape [4] does not fit its axis");
  }

  @Test
  void check_weightWithAnotherLength_breaksI4() {
    builder.constant("s3", Tensor.ofFloats(Shape.of(3), 1, 1, 1));
    builder.constant("z3", Tensor.ofBytes(ElementType.INT8, Shape.of(3), new byte[3]));
    dequantize("d", "w", "s3", "z3", AXIS_0);
    builder.output("d");

    assertBreach("invariant I4 does not hold at node \"d\"");
  }

  @Test
  void check_constantOfUint8_breaksI5() {
    builder.constant("u", Tensor.ofBytes(ElementType.UINT8, Shape.of(2), new byte[2]));
    output("DequantizeLinear", "d", "u", "s", "z");

    assertBreach("invariant I5 does not hold at node \"d\": its constant is uint8");
  }

  @Test
  void check_int32ConstantThatIsNoBias_breaksI5() {
    builder.constant("b", Tensor.ofInts(Shape.of(4), 1, 2, 3, 4));
    builder.add("DequantizeLinear", "d", List.of("b", "s"));
    output("Add", "y", "x", "d");

    assertBreach("invariant I5 does not hold at node \"d\": its INT32 constant is no bias of y");
  }

  @Test
  void check_int8WeightBesideAFloatActivation_breaksI6() {
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    output("MatMul", "y", "x", "wf");

    assertBreach(
        "invariant I6 does not hold at node \"y\": its weight is int8, its activation not");
  }

  @Test
  void check_int8WeightBehindAReluOfAPair_breaksI6() {
    pair("x");
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    builder.add("Transpose", "t", List.of("x_d"));
    builder.add("Sin", "sin", List.of("t"));
    output("MatMul", "y", "sin", "wf");

    assertBreach("invariant I6 does not hold at node \"y\"");
  }

  @Test
  void check_int8ActivationBesideAFloatWeight_breaksI6() {
    pair("x");
    builder.weight("f", 4, 4);
    output("MatMul", "y", "x_d", "f");

    assertBreach(
        "invariant I6 does not hold at node \"y\": its activation is int8, its weight not");
  }

  @Test
  void check_pairBetweenAConvolutionAndItsAdd_breaksI7() {
    pair("x");
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    builder.add("Gemm", "g", List.of("x_d", "wf"));
    pair("g");
    output("Add", "y", "g_d", "x_d");

    assertBreach("invariant I7 does not hold at node \"y\": a pair keeps it from g");
  }

  @Test
  void check_pairOnAConvolutionWithAnotherReader_passes() {
    pair("x");
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    builder.output(builder.add("Gemm", "g", List.of("x_d", "wf")));
    pair("g");
    output("Add", "y", "g_d", "x_d");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void check_pairOfAConvolutionReadByATransposeToo_passes() {
    pair("x");
    dequantize("wf", "w", "s4", "z4", AXIS_0);
    builder.add("Gemm", "g", List.of("x_d", "wf"));
    pair("g");
    output("Transpose", "t", "g_d");
    output("Add", "y", "g_d", "x_d");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void check_pairBeforeAnActivation_breaksI7() {
    pair("x");
    output("Relu", "y", "x_d");

    assertBreach("invariant I7 does not hold at node \"x_d\": it stands before y");
  }

  @Test
  void check_floatWeightBehindAPair_passes() {
    weightPair("s4", "s4", AXIS_0);
    output("ConvTranspose", "y", "x_d", "f_d");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void check_floatWeightBehindTwoPairs_passes() {
    weightPair("s4", "s4", AXIS_0);
    builder.add("QuantizeLinear", "f_q2", List.of("f", "s", "z"));
    builder.add("DequantizeLinear", "f_d2", List.of("f_q2", "s", "z"));
    output("MatMul", "y", "x_d", "f_d");
    output("MatMul", "y2", "x_d", "f_d2");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void check_weightPairWithoutAnAxis_breaksI4() {
    weightPair("s4", "s4");
    output("MatMul", "y", "x_d", "f_d");

    assertBreach(
        "invariant I4 does not hold at node \"f_q\": its scale of shape [4] does not fit its axis");
  }

  @Test
  void check_weightPairOfTwoScales_breaksI5() {
    builder.constant("t4", Tensor.ofFloats(Shape.of(4), 1, 1, 1, 2));
    weightPair("s4", "t4", AXIS_0);
    output("MatMul", "y", "x_d", "f_d");

    assertBreach(
        "invariant I5 does not hold at node \"f_d\": its scale or axis is not that of f_q");
  }

  @Test
  void check_pairOnAConstantThatIsNoWeight_breaksI5() {
    weightPair("s4", "s4", AXIS_0);
    output("Add", "y", "f_d", "x_d");

    assertBreach("invariant I5 does not hold at node \"f_d\": its constant is no weight of y");
  }

  @Test
  void check_weightPairBesideAFloatActivation_breaksI6() {
    weightPair("s4", "s4", AXIS_0);
    output("ConvTranspose", "y", "x", "f_d");

    assertBreach(
        "invariant I6 does not hold at node \"y\": its weight is int8, its activation not");
  }

  @Test
  void check_pairOnAnIntegerConstant_breaksI11() {
    builder.constant("i", Tensor.ofInts(Shape.of(4), 1, 2, 3, 4));
    pair("i");
    builder.output("i_d");

    assertBreach("invariant I11 does not hold at node \"i_q\": its constant is int32");
  }

  private void weightPair(String scale, String otherScale, AttributeProto... axis) {
    builder.constant("f", ModelBuilder.random(1, 1, 4, 4));
    pair("x");
    builder.add("QuantizeLinear", "f_q", List.of("f", scale, "z4"), axis);
    builder.add("DequantizeLinear", "f_d", List.of("f_q", otherScale, "z4"), axis);
  }

  @Test
  void check_tensorQuantizedTwice_breaksI8() {
    pair("x");
    builder.constant("s2", Tensor.ofFloats(Shape.of(), 2));
    builder.add("QuantizeLinear", "q2", List.of("x", "s2", "z"));
    builder.add("DequantizeLinear", "d2", List.of("q2", "s2", "z"));
    output("Add", "y", "x_d", "d2");

    assertBreach("invariant I8 does not hold at node \"q2\": its tensor is quantized by x_q too");
  }

  @Test
  void check_pairOnIntegers_breaksI11() {
    builder.graph().addInput(ModelBuilder.value("i", 7, 4));
    pair("i");
    builder.output("i_d");

    assertBreach("invariant I11 does not hold at node \"i_q\": its tensor is int64[4]");
  }

  @Test
  void check_concatOfTwoScales_breaksI9() {
    pair("x");
    builder.constant("s2", Tensor.ofFloats(Shape.of(), 2));
    builder.input("x2", 4, 4);
    builder.add("QuantizeLinear", "q2", List.of("x2", "s2", "z"));
    builder.add("DequantizeLinear", "d2", List.of("q2", "s2", "z"));
    concat("x_d", "d2");

    assertBreach("invariant I9 does not hold at node \"y\": it joins scales [0.5, 2.0]");
  }

  @Test
  void check_concatWhoseOutputHasAnotherScale_breaksI9() {
    pair("x");
    builder.constant("s2", Tensor.ofFloats(Shape.of(), 2));
    concat("x_d", "x_d");
    builder.add("QuantizeLinear", "q2", List.of("y", "s2", "z"));
    output("DequantizeLinear", "d2", "q2", "s2", "z");

    assertBreach("invariant I9 does not hold at node \"y\"");
  }

  @Test
  void check_concatOfFloatsWithAQuantizedOutput_passes() {
    concat("x", "x");
    pair("y");
    builder.output("y_d");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  private void concat(String... inputs) {
    builder.output(builder.add("Concat", "y", List.of(inputs), ModelBuilder.integer("axis", 0)));
  }

  @Test
  void check_pairOnSevenElements_breaksI11() {
    builder.input("small", 7);
    pair("small");
    builder.output("small_d");

    assertBreach("invariant I11 does not hold at node \"small_q\": tensor \"small\" has 7");
  }

  @Test
  void check_changedOutputs_breaksI12() {
    builder.output(builder.add("Neg", "y", List.of("x")));
    Graph graph = builder.build().graph();
    QdqInvariants invariants = QdqInvariants.of(graph);

    graph
        .rewriter()
        .addOutput(graph.rewriter().addInitializer("more", Tensor.ofInts(Shape.of(), 1)));

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> invariants.check(graph))
        .withMessage(
            "invariant I12 does not hold: outputs of the graph were [y float[...]] and are"
                + " [y float[...], more ?[...]]");
  }

  @Test
  void check_changedTypeOfAnOutput_breaksI12() {
    builder.output(builder.add("Neg", "y", List.of("x")));
    Graph graph = builder.build().graph();
    QdqInvariants invariants = QdqInvariants.of(graph);

    graph.rewriter().retype(graph.value("y").orElseThrow(), ElementType.FLOAT16);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> invariants.check(graph))
        .withMessageStartingWith("invariant I12 does not hold: outputs of the graph were [y ");
  }

  @Test
  void check_nodesOfOneName_breaksI13() {
    builder
        .output(builder.add("Neg", "a", List.of("x")))
        .output(builder.add("Neg", "b", List.of("x")));
    builder.graph().getNodeBuilder(1).setName("a");

    assertBreach("invariant I13 does not hold at node \"a\": its name is taken by an earlier node");
  }

  private void pair(String tensor) {
    builder.add("QuantizeLinear", tensor + "_q", List.of(tensor, "s", "z"));
    builder.add("DequantizeLinear", tensor + "_d", List.of(tensor + "_q", "s", "z"));
  }

  private void dequantize(
      String name, String codes, String scale, String zeroPoint, AttributeProto axis) {
    builder.add("DequantizeLinear", name, List.of(codes, scale, zeroPoint), axis);
  }

  private void output(String opType, String name, String... inputs) {
    builder.output(builder.add(opType, name, List.of(inputs)));
  }

  private void check() {
    Graph graph = builder.build().graph();
    QdqInvariants.of(graph).check(graph);
  }

  private void assertBreach(String message) {
    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(this::check)
        .satisfies(e -> assertThat(e).hasMessageStartingWith(message));
  }
}
