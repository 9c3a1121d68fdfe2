/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator that is folded, against ONNX Runtime, bit by bit. */
class FoldConstantsOperatorTest {
  private static final Tensor FLOATS = ModelBuilder.random(1, 4, 2, 3, 4);
  private static final Tensor ROW = ModelBuilder.random(2, 4, 4);
  private static final Tensor LONGS =
      Tensor.ofLongs(Shape.of(2, 3), 7, -7, 1L << 40, Long.MAX_VALUE, -1, 3);
  private static final Tensor INTS =
      Tensor.ofInts(Shape.of(2, 3), 7, -7, 1 << 30, Integer.MIN_VALUE, -1, 3);

  private final FoldConstants pass = new FoldConstants();

  /** A call of an operator on constants. */
  record Call(String opType, List<Tensor> operands, List<AttributeProto> attributes, long opset) {
    static Call of(String opType, List<Tensor> operands, AttributeProto... attributes) {
      return new Call(opType, operands, List.of(attributes), 17);
    }

    Call inOpset(long version) {
      return new Call(opType, operands, attributes, version);
    }

    /** Writes the call as node "k", and an Identity of it, "y", as output. */
    OnnxModel model(ElementType result) {
      ModelBuilder builder = ModelBuilder.create().opset(opset);
      List<String> names =
          operands.stream()
              .map(
                  operand -> builder.constant("c" + builder.graph().getInitializerCount(), operand))
              .toList();
      builder.add(opType, "k", names, attributes.toArray(AttributeProto[]::new));
      builder.add("Identity", "y", List.of("k"));
      return builder.output("y", result).build();
    }

    @Override
    public String toString() {
      return opType
          + operands
          + attributes.stream().map(a -> a.getName() + a.getIntsList() + a.getI()).toList();
    }
  }

  static Stream<Call> movements() {
    return Stream.of(
        Call.of("Identity", List.of(FLOATS)),
        Call.of("Reshape", List.of(FLOATS, longs(0, -1))),
        Call.of("Reshape", List.of(INTS, longs(3, 2))),
        Call.of("Reshape", List.of(FLOATS, longs(24))),
        Call.of("Transpose", List.of(FLOATS)),
        Call.of("Transpose", List.of(FLOATS), ModelBuilder.integers("perm", 1, 2, 0)),
        Call.of("Transpose", List.of(LONGS), ModelBuilder.integers("perm", 1, 0)),
        Call.of("Unsqueeze", List.of(FLOATS, longs(0, -1))),
        Call.of("Unsqueeze", List.of(FLOATS), ModelBuilder.integers("axes", 1)).inOpset(11),
        Call.of("Squeeze", List.of(ModelBuilder.random(3, 1, 1, 3, 1), longs(-1))),
        Call.of("Squeeze", List.of(ModelBuilder.random(3, 1, 1, 3, 1))),
        Call.of(
                "Squeeze",
                List.of(ModelBuilder.random(3, 1, 1, 3)),
                ModelBuilder.integers("axes", 0))
            .inOpset(11),
        Call.of("Concat", List.of(FLOATS, FLOATS), ModelBuilder.integer("axis", 1)),
        Call.of("Concat", List.of(LONGS, LONGS, LONGS), ModelBuilder.integer("axis", -1)),
        Call.of("Slice", List.of(FLOATS, longs(1), longs(3), longs(1))),
        Call.of("Slice", List.of(FLOATS, longs(0, -2), longs(1, 100))),
        Call.of("Slice", List.of(FLOATS, longs(-1), longs(Long.MIN_VALUE), longs(-1), longs(-2))),
        Call.of("Slice", List.of(FLOATS, longs(0), longs(Long.MAX_VALUE), longs(2), longs(3))),
        Call.of("Slice", List.of(FLOATS, longs(3), longs(1), longs(0))),
        Call.of(
                "Slice",
                List.of(FLOATS),
                ModelBuilder.integers("starts", 1),
                ModelBuilder.integers("ends", 2),
                ModelBuilder.integers("axes", 2))
            .inOpset(9),
        Call.of("Gather", List.of(FLOATS, longs(2, -3, 0)), ModelBuilder.integer("axis", 1)),
        Call.of("Gather", List.of(FLOATS, Tensor.ofLongs(Shape.of(), 1))),
        Call.of("Gather", List.of(LONGS, Tensor.ofInts(Shape.of(1, 2), 1, 0))),
        Call.of("Expand", List.of(ROW, longs(3, 1))),
        Call.of("Expand", List.of(ModelBuilder.random(4, 1, 3, 1), longs(2, 1, 4))),
        Call.of("ConstantOfShape", List.of(longs(2, 3))),
        Call.of(
            "ConstantOfShape",
            List.of(longs(4)),
            ModelBuilder.tensor("value", Tensor.ofLongs(Shape.of(1), 7))),
        Call.of("Shape", List.of(FLOATS)),
        Call.of("Shape", List.of(FLOATS), ModelBuilder.integer("start", -2)),
        Call.of("Shape", List.of(FLOATS), ModelBuilder.integer("end", 1)),
        Call.of("Pad", List.of(ROW, longs(0, 0))));
  }

  static Stream<Call> arithmetic() {
    Tensor column = ModelBuilder.random(5, 3, 3, 1);
    Tensor scalar = Tensor.ofFloats(Shape.of(), 0.3f);
    return Stream.of("Add", "Sub", "Mul", "Div")
        .flatMap(
            opType ->
                Stream.of(
                    Call.of(opType, List.of(FLOATS, FLOATS)),
                    Call.of(opType, List.of(FLOATS, ROW)),
                    Call.of(opType, List.of(scalar, FLOATS)),
                    Call.of(opType, List.of(ROW, column)),
                    Call.of(opType, List.of(scalar, scalar)),
                    Call.of(opType, List.of(LONGS, longs(3, -5, 2))),
                    Call.of(opType, List.of(INTS, Tensor.ofInts(Shape.of(3), 3, -5, 2)))));
  }

  static Stream<Call> mappings() {
    Tensor signs = Tensor.ofFloats(Shape.of(3), 0, -0f, Float.POSITIVE_INFINITY);
    return Stream.of(
        Call.of("Neg", List.of(FLOATS)),
        Call.of("Neg", List.of(signs)),
        Call.of("Neg", List.of(LONGS)),
        Call.of("Neg", List.of(INTS)),
        Call.of("Sqrt", List.of(signs)),
        Call.of("Sqrt", List.of(positive())),
        cast(FLOATS, ElementType.FLOAT),
        cast(FLOATS, ElementType.INT64),
        cast(FLOATS, ElementType.INT32),
        cast(LONGS, ElementType.FLOAT),
        cast(LONGS, ElementType.INT32),
        cast(INTS, ElementType.FLOAT),
        cast(INTS, ElementType.INT64),
        cast(Tensor.ofBytes(ElementType.INT8, Shape.of(2), (byte) -1, (byte) 7), ElementType.FLOAT),
        cast(Tensor.ofBytes(ElementType.UINT8, Shape.of(1), (byte) 200), ElementType.FLOAT),
        cast(Tensor.ofFloats(Shape.of(3), -128.9f, -1, 127.9f), ElementType.INT8),
        cast(Tensor.ofFloats(Shape.of(2), -0.9f, 255.9f), ElementType.UINT8),
        cast(doubles(1.1, -2.9, 1e300, 0x1.000001p0), ElementType.FLOAT),
        cast(doubles(1.1, -2.9, 1e15), ElementType.INT64),
        cast(doubles(1.1, -2.9, 2147483647.5), ElementType.INT32),
        cast(shorts(ElementType.BFLOAT16, 0x3f80, 0xc0a5, 1, 0x7f80), ElementType.FLOAT));
  }

  static Stream<Call> bytes() {
    byte[] all = {0, 1, 127, -128, -1, -56};
    return Stream.of(ElementType.INT8, ElementType.UINT8, ElementType.INT32, ElementType.INT64)
        .flatMap(
            type ->
                Stream.of(
                    cast(Tensor.ofBytes(ElementType.INT8, Shape.of(6), all), type),
                    cast(Tensor.ofBytes(ElementType.UINT8, Shape.of(6), all), type),
                    cast(Tensor.ofInts(Shape.of(4), 200, -1, 1 << 20, 127), type),
                    cast(Tensor.ofLongs(Shape.of(4), 200, -1, 1L << 40, 127), type),
                    cast(Tensor.ofFloats(Shape.of(3), 0, 2.9f, 127.5f), type)));
  }

  @ParameterizedTest
  @MethodSource({"movements", "arithmetic", "mappings", "bytes"})
  void run_operatorOnConstants_givesTheBitsOfOnnxRuntime(Call call) {
    ElementType type = resultType(call);
    OnnxModel model = call.model(type);
    Tensor expected = computed(model);

    assertThat(pass.run(model)).isTrue();

    Tensor folded = model.graph().value("k").flatMap(Value::constant).orElseThrow();
    assertThat(folded.toString()).isEqualTo(expected.toString());
    assertThat(folded.bytes()).isEqualTo(expected.bytes());
    assertThat(computed(model).bytes()).isEqualTo(expected.bytes());
  }

  @Test
  void run_castOfEveryFloat16_givesTheNumbersOfOnnxRuntime() {
    int[] all = new int[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    OnnxModel model =
        cast(shorts(ElementType.FLOAT16, all), ElementType.FLOAT).model(ElementType.FLOAT);
    FloatBuffer expected = computed(model).floats();

    pass.run(model);

    FloatBuffer folded = model.graph().value("k").flatMap(Value::constant).orElseThrow().floats();
    for (int i = 0; i < all.length; i++) {
      // floatToIntBits takes all NaN for one.
      assertThat(Float.floatToIntBits(folded.get(i)))
          .as("float16 bits %s", i)
          .isEqualTo(Float.floatToIntBits(expected.get(i)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8", "BOOL", "FLOAT16", "DOUBLE"})
  void run_transposeOfAnyWidth_movesTheElements(ElementType type) {
    int width = type.bitWidth() / Byte.SIZE;
    ByteBuffer bytes = ByteBuffer.allocate(6 * width);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put((byte) (type == ElementType.BOOL ? i % 2 : i));
    }
    Tensor tensor = Tensor.of(type, Shape.of(2, 3), bytes.flip());
    OnnxModel model = Call.of("Transpose", List.of(tensor)).model(type);

    assertThat(pass.run(model)).isTrue();

    Tensor folded = model.graph().value("k").flatMap(Value::constant).orElseThrow();
    assertThat(folded.shape()).isEqualTo(Shape.of(3, 2));
    for (int i = 0; i < 6; i++) {
      int from = i % 2 * 3 + i / 2;
      assertThat(folded.bytes().slice(i * width, width))
          .isEqualTo(tensor.bytes().slice(from * width, width));
    }
  }

  static Stream<Call> refused() {
    return Stream.of(
        cast(Tensor.ofFloats(Shape.of(1), Float.NaN), ElementType.INT64),
        cast(Tensor.ofFloats(Shape.of(1), 0x1p31f), ElementType.INT32),
        cast(Tensor.ofFloats(Shape.of(1), 0x1p63f), ElementType.INT64),
        cast(FLOATS, ElementType.FLOAT16),
        cast(FLOATS, ElementType.STRING),
        cast(Tensor.ofFloats(Shape.of(1), 128), ElementType.INT8),
        cast(Tensor.ofFloats(Shape.of(1), -129), ElementType.INT8),
        cast(Tensor.ofFloats(Shape.of(1), -1), ElementType.UINT8),
        cast(Tensor.ofFloats(Shape.of(1), 256), ElementType.UINT8),
        cast(Tensor.ofBytes(ElementType.BOOL, Shape.of(1), (byte) 1), ElementType.INT32),
        Call.of("Div", List.of(LONGS, longs(0, 1, 1))),
        Call.of("Div", List.of(LONGS, longs(-1, 1, 1))),
        Call.of("Add", List.of(FLOATS, LONGS)),
        Call.of("Add", List.of(FLOATS, ModelBuilder.random(1, 1, 3))),
        Call.of("Add", List.of(FLOATS, ROW), ModelBuilder.integer("broadcast", 1)),
        Call.of("Add", List.of(doubles(1), doubles(2))),
        Call.of("Sqrt", List.of(LONGS)),
        Call.of("Neg", List.of(doubles(1))),
        Call.of("Reshape", List.of(FLOATS, longs(5, -1))),
        Call.of("Reshape", List.of(FLOATS, longs(-1, -1))),
        Call.of("Reshape", List.of(FLOATS, longs(-2))),
        Call.of("Reshape", List.of(FLOATS, longs(7))),
        Call.of("Reshape", List.of(FLOATS, longs(1L << 62, 1L << 62))),
        Call.of("Reshape", List.of(FLOATS, ROW)),
        Call.of("Transpose", List.of(FLOATS), ModelBuilder.integers("perm", 0, 1)),
        Call.of("Transpose", List.of(FLOATS), ModelBuilder.integers("perm", 0, 1, 1)),
        Call.of("Unsqueeze", List.of(FLOATS, longs(0, 0))),
        Call.of("Unsqueeze", List.of(FLOATS, longs(9))),
        Call.of("Unsqueeze", List.of(FLOATS)),
        Call.of("Squeeze", List.of(FLOATS, longs(1))),
        Call.of("Expand", List.of(FLOATS, longs(3))),
        Call.of("Expand", List.of(FLOATS, longs(-1))),
        Call.of("ConstantOfShape", List.of(longs(-1))),
        Call.of("ConstantOfShape", List.of(ROW)),
        Call.of("ConstantOfShape", List.of(longs(2)), ModelBuilder.tensor("value", ROW)),
        Call.of("Concat", List.of(FLOATS, ROW), ModelBuilder.integer("axis", 0)),
        Call.of("Concat", List.of(FLOATS, FLOATS), ModelBuilder.integer("axis", 3)),
        Call.of("Concat", List.of(FLOATS, FLOATS)),
        Call.of("Concat", List.of(ROW, longs(1)), ModelBuilder.integer("axis", 0)),
        Call.of("Gather", List.of(FLOATS, longs(2))),
        Call.of("Gather", List.of(FLOATS, longs(-3))),
        Call.of("Gather", List.of(FLOATS, ROW)),
        Call.of("Gather", List.of(FLOATS, longs(0)), ModelBuilder.integer("axis", 3)),
        Call.of("Gather", List.of(FLOATS)),
        Call.of("Slice", List.of(FLOATS, longs(0), longs(1), longs(0), longs(0))),
        Call.of("Slice", List.of(FLOATS, longs(0, 0), longs(1, 1), longs(0, 0))),
        Call.of("Slice", List.of(FLOATS, longs(0, 0), longs(1))),
        Call.of("Slice", List.of(FLOATS, longs(0))),
        Call.of("Pad", List.of(ROW, longs(0, 1))),
        Call.of("Relu", List.of(FLOATS)),
        Call.of("DequantizeLinear", List.of(INTS, Tensor.ofFloats(Shape.of(), 1))));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void run_whatCannotBeToldForSure_isLeftAlone(Call call) {
    OnnxModel model = call.model(ElementType.FLOAT);
    byte[] before = model.toByteArray();

    assertThat(pass.run(model)).isEqualTo(false);
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  private static Tensor computed(OnnxModel model) {
    return OnnxRuntimeOracle.run(model, Map.of()).values().iterator().next();
  }

  private static ElementType resultType(Call call) {
    return switch (call.opType) {
      case "Shape" -> ElementType.INT64;
      case "Cast" -> ElementType.ofOnnxCode((int) call.attributes.get(0).getI()).orElseThrow();
      case "ConstantOfShape" -> call.attributes.isEmpty() ? ElementType.FLOAT : ElementType.INT64;
      default -> call.operands.get(0).elementType();
    };
  }

  private static Call cast(Tensor tensor, ElementType to) {
    return Call.of("Cast", List.of(tensor), ModelBuilder.integer("to", to.onnxCode()));
  }

  private static Tensor longs(long... values) {
    return Tensor.ofLongs(Shape.of(values.length), values);
  }

  private static Tensor doubles(double... values) {
    ByteBuffer bytes = room(values.length * Double.BYTES);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return Tensor.of(ElementType.DOUBLE, Shape.of(values.length), bytes.flip());
  }

  private static Tensor shorts(ElementType type, int... bits) {
    ByteBuffer bytes = room(bits.length * Short.BYTES);
    for (int value : bits) {
      bytes.putShort((short) value);
    }
    return Tensor.of(type, Shape.of(bits.length), bytes.flip());
  }

  private static Tensor positive() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.exp(i * 0.017 - 85);
    }
    return Tensor.ofFloats(Shape.of(values.length), values);
  }

  private static ByteBuffer room(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
