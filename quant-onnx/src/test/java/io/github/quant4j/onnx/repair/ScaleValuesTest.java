/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScaleValuesTest {
  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE"})
  void of_whatLikeStored_isTheSame(ElementType type) {
    float[] values = {1, 0.5f, 0.0078125f, 1.5f};

    Tensor stored = ScaleValues.like(zeros(type, 4), values);

    assertThat(stored.elementType()).isEqualTo(type);
    assertThat(ScaleValues.of(stored).orElseThrow()).containsExactly(values);
  }

  /** {@code torch.tensor([0.1, 1.00390625, 1.01171875]).bfloat16().float()}. */
  @Test
  void like_bfloat16_roundsHalfToEven() {
    Tensor stored =
        ScaleValues.like(zeros(ElementType.BFLOAT16, 3), new float[] {0.1f, 0x1.01p0f, 0x1.03p0f});

    assertThat(ScaleValues.of(stored).orElseThrow()).containsExactly(0x1.9ap-4f, 1f, 1.015625f);
  }

  @Test
  void like_float16BelowItsRange_isNotZero() {
    Tensor stored = ScaleValues.like(zeros(ElementType.FLOAT16, 1), new float[] {1e-10f});

    assertThat(ScaleValues.of(stored).orElseThrow()).containsExactly(0x1p-24f);
  }

  @Test
  void of_integers_isEmpty() {
    assertThat(ScaleValues.of(Tensor.ofInts(Shape.of(1), 1))).isEmpty();
  }

  private static Tensor zeros(ElementType type, int count) {
    int size = count * type.bitWidth() / Byte.SIZE;
    return Tensor.of(
        type, Shape.of(count), ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN));
  }
}
