/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StripQuantizeDequantizeTest {
  private final StripQuantizeDequantize pass = new StripQuantizeDequantize();
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @EnumSource(Target.class)
  void run_modelOfThisPackage_givesTheFloatGraphBack(Target target) {
    String x = builder.input("x", "n", 16, 8, 8);
    String branch =
        builder.conv("c2", builder.relu("r1", builder.conv("c1", x, 16, 16, 3)), 16, 16, 3);
    String sum = builder.maxPool("p", builder.relu("r2", builder.sum("add", branch, x)));
    builder.longs("shape", 0, 256);
    String flat = builder.add("Reshape", "f", List.of(sum, "shape"));
    OnnxModel model = builder.output(builder.gemm("g", flat, 256, 16)).build();
    OnnxModel int8 = Calibration.quantized(model, ModelBuilder.random(3, 1, 4, 16, 8, 8), target);

    assertThat(pass.run(int8)).isTrue();

    assertThat(FloatGraph.describe(int8)).isEqualTo(FloatGraph.describe(model));
    FloatGraph.assertWeightsWithinHalfAStep(model, int8);
  }

  @Test
  void run_floatModel_changesNothing() {
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_secondTime_changesNothing() {
    String x = builder.input("x", "n", 16, 8, 8);
    OnnxModel model = builder.output(builder.conv("c", x, 16, 16, 3)).build();
    OnnxModel int8 =
        Calibration.quantized(model, ModelBuilder.random(3, 1, 4, 16, 8, 8), Target.TENSORRT);
    pass.run(int8);

    assertThat(pass.run(int8)).isFalse();
  }

  /** Codes, scale, zero point and axis of constants; the oracle is DequantizeLinear itself. */
  static Stream<Arguments> constants() {
    Tensor int8 = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 3), bytes(-128, -1, 0, 1, 5, 127));
    Tensor uint8 = Tensor.ofBytes(ElementType.UINT8, Shape.of(2, 3), bytes(255, 128, 0, 1, 5, 127));
    Tensor int32 = Tensor.ofInts(Shape.of(2, 3), -1000000, 7, 0, 1, 2, 1 << 26);
    Tensor two = Tensor.ofFloats(Shape.of(2), 0.1f, 3);
    Tensor three = Tensor.ofFloats(Shape.of(3), 0.1f, 3, 1e-3f);
    Tensor one = Tensor.ofFloats(Shape.of(), 0.3f);
    return Stream.of(
        Arguments.of(int8, one, Tensor.ofBytes(ElementType.INT8, Shape.of(), bytes(3)), 1),
        Arguments.of(
            int8, three, Tensor.ofBytes(ElementType.INT8, Shape.of(3), bytes(1, 0, -7)), 1),
        Arguments.of(
            int8, three, Tensor.ofBytes(ElementType.INT8, Shape.of(3), bytes(1, 0, -7)), -1),
        Arguments.of(
            uint8, two, Tensor.ofBytes(ElementType.UINT8, Shape.of(2), bytes(128, 255)), 0),
        Arguments.of(int32, two, Tensor.ofInts(Shape.of(2), 0, 0), 0));
  }

  @ParameterizedTest
  @MethodSource("constants")
  void run_constant_becomesWhatOnnxRuntimeDequantizes(
      Tensor codes, Tensor scale, Tensor zeroPoint, long axis) {
    OnnxModel model = dequantization(codes, scale, zeroPoint, axis);
    Tensor input = ModelBuilder.random(1, 0, 2, 3);
    float[] expected = OnnxRuntimeOracle.run(model, input);

    assertThat(pass.run(model)).isTrue();

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Add");
    assertThat(OnnxRuntimeOracle.run(model, input)).isEqualTo(expected);
  }

  @Test
  void run_constantOfAnotherType_stays() {
    Tensor codes = Tensor.ofBytes(ElementType.FLOAT8E4M3FN, Shape.of(2, 3), new byte[6]);
    Tensor zero = Tensor.ofBytes(ElementType.FLOAT8E4M3FN, Shape.of(), (byte) 0);
    Tensor scale = Tensor.ofFloats(Shape.of(), 1);

    assertThat(pass.run(dequantization(codes, scale, zero, 0))).isFalse();
  }

  @Test
  void run_scaleThatDoesNotFit_stays() {
    Tensor codes = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 3), new byte[6]);
    Tensor zero = Tensor.ofBytes(ElementType.INT8, Shape.of(4), new byte[4]);
    Tensor scale = Tensor.ofFloats(Shape.of(4), 1, 1, 1, 1);

    assertThat(pass.run(dequantization(codes, scale, zero, 9))).isFalse();
  }

  @Test
  void run_blockedScale_stays() {
    Tensor codes = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 2), new byte[4]);
    Tensor zero = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 1), new byte[2]);
    Tensor scale = Tensor.ofFloats(Shape.of(2, 1), 1, 1);

    assertThat(pass.run(dequantization(codes, scale, zero, 1))).isFalse();
  }

  @Test
  void run_codesReadByAnotherOperator_keepTheirQuantizeLinear() {
    String x = builder.input("x", 3);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 1));
    builder.constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", "q", List.of(x, "s", "z"));
    builder.add("DequantizeLinear", "d", List.of("q", "s", "z"));
    builder.add("Cast", "codes", List.of("q"), ModelBuilder.integer("to", 1));
    OnnxModel model = builder.output(builder.relu("y", "d")).output("codes").build();

    assertThat(pass.run(model)).isTrue();
    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("QuantizeLinear", "Cast", "Relu");
  }

  @Test
  void run_dequantizedOutput_stays() {
    String x = builder.input("x", 3);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 1));
    builder.constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", "q", List.of(x, "s", "z"));
    OnnxModel model =
        builder.output(builder.add("DequantizeLinear", "d", List.of("q", "s", "z"))).build();

    assertThat(pass.run(model)).isFalse();
  }

  private OnnxModel dequantization(Tensor codes, Tensor scale, Tensor zeroPoint, long axis) {
    String x = builder.input("x", 2, 3);
    builder.constant("q", codes);
    builder.constant("s", scale);
    builder.constant("z", zeroPoint);
    builder.add(
        "DequantizeLinear", "w", List.of("q", "s", "z"), ModelBuilder.integer("axis", axis));
    return builder.output(builder.sum("y", x, "w")).build();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
