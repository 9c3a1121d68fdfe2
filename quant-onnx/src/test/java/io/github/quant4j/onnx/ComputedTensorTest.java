/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ComputedTensorTest {
  private static final int LARGE = 65_537;

  private final AtomicInteger calls = new AtomicInteger();
  private final OnnxModel model = model();

  @Test
  void constantShapeAndType_computedInitializer_computeNothing() {
    Value value = add(Shape.of(LARGE));

    assertThat(value.constantShape()).hasValue(Shape.of(LARGE));
    assertThat(value.constantElementType()).hasValue(ElementType.INT8);
    assertThat(value.isConstant()).isTrue();
    assertThat(model.copy().byteSize()).isGreaterThan(LARGE);
    assertThat(calls).hasValue(0);
  }

  @Test
  void constant_smallComputedInitializer_isComputedOnce() {
    Value value = add(Shape.of(LARGE - 1));

    value.constant();
    value.constant();
    model.copy().toByteArray();

    assertThat(calls).hasValue(1);
  }

  @Test
  void constant_largeComputedInitializer_isNotKept() {
    Value value = add(Shape.of(LARGE));

    value.constant();
    value.constant();

    assertThat(calls).hasValue(2);
  }

  @Test
  void toByteArray_computedInitializer_holdsTheContents() {
    add(Shape.of(LARGE));

    OnnxModel back = OnnxModel.of(model.toByteArray());

    Tensor tensor = back.graph().value("c").flatMap(Value::constant).orElseThrow();
    assertThat(tensor.toString()).isEqualTo("int8[65537]");
    assertThat(tensor.bytes().get(LARGE - 1)).isEqualTo((byte) 1);
  }

  @Test
  void constant_contentsOfAnotherShape_areRefused() {
    Value value =
        model
            .graph()
            .rewriter()
            .addInitializer("c", ElementType.INT8, Shape.of(3), () -> codes(Shape.of(4)));

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(value::constant)
        .withMessage("tensor \"c\" was computed as int8[4], expected int8[3]");
  }

  @Test
  void addInitializer_nameTaken_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                model
                    .graph()
                    .rewriter()
                    .addInitializer("x", ElementType.INT8, Shape.of(), () -> codes(Shape.of())))
        .withMessage("the graph has a value named \"x\" already");
  }

  @Test
  void addInitializer_functionOfAnother_isOfWhatThatHeldThen() {
    GraphRewriter rewriter = model.graph().rewriter();
    Value source = rewriter.addInitializer("s", Tensor.ofFloats(Shape.of(2), 1, 2));
    Value doubled = rewriter.addInitializer("d", source, ElementType.FLOAT, t -> times(t, 2));

    rewriter.replaceConstant(source, ElementType.FLOAT, t -> times(t, 10));
    rewriter.replaceConstant(source, ElementType.FLOAT, t -> times(t, 10));

    assertThat(floats(doubled)).containsExactly(2, 4);
    assertThat(floats(source)).containsExactly(100, 200);
  }

  @Test
  void replaceConstant_functionOfAComputedValue_isRefused() {
    GraphRewriter rewriter = model.graph().rewriter();
    Value computed = model.graph().value("y").orElseThrow();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.replaceConstant(computed, ElementType.FLOAT, tensor -> tensor))
        .withMessage("value \"y\" is not an initializer");
  }

  private static Tensor times(Tensor tensor, float factor) {
    float[] values = floats(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Tensor.ofFloats(tensor.shape(), values);
  }

  private static float[] floats(Value value) {
    return floats(value.constant().orElseThrow());
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }

  private Value add(Shape shape) {
    return model
        .graph()
        .rewriter()
        .addInitializer(
            "c",
            ElementType.INT8,
            shape,
            () -> {
              calls.incrementAndGet();
              return codes(shape);
            });
  }

  private static Tensor codes(Shape shape) {
    byte[] codes = new byte[Math.toIntExact(shape.elementCount())];
    codes[codes.length - 1] = 1;
    return Tensor.ofBytes(ElementType.INT8, shape, codes);
  }

  private static OnnxModel model() {
    ModelBuilder builder = ModelBuilder.create();
    return builder.output(builder.relu("y", builder.input("x", 3))).build();
  }
}
