/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NonFiniteSearchTest {

  @Test
  void firstOfFloatsFindsNaNAndInfinities() {
    for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1f / 0f}) {
      assertThat(NonFiniteSearch.first(Tensor.ofFloats(Shape.of(3), 1f, value, value))).hasValue(1);
    }
    assertThat(NonFiniteSearch.first(Tensor.ofFloats(Shape.of(2), -Float.MAX_VALUE, 0f))).isEmpty();
  }

  @Test
  void firstOfDoublesFindsNaN() {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(NonFiniteSearch.first(Tensor.of(ElementType.DOUBLE, Shape.of(2), bytes))).isEmpty();
    bytes.putDouble(8, Double.NaN);

    assertThat(NonFiniteSearch.first(Tensor.of(ElementType.DOUBLE, Shape.of(2), bytes)))
        .hasValue(1);
  }

  /* np.array([1, 65504, np.inf], np.float16).view(np.uint16): 0x3c00, 0x7bff, 0x7c00 */
  @Test
  void firstOfFloat16FindsInfinity() {
    assertThat(NonFiniteSearch.first(shorts(ElementType.FLOAT16, 0x3c00, 0x7bff))).isEmpty();
    assertThat(NonFiniteSearch.first(shorts(ElementType.FLOAT16, 0x3c00, 0x7c00))).hasValue(1);
    assertThat(NonFiniteSearch.first(shorts(ElementType.FLOAT16, 0xfe00, 0x3c00))).hasValue(0);
  }

  @Test
  void firstOfBfloat16FindsInfinity() {
    assertThat(NonFiniteSearch.first(shorts(ElementType.BFLOAT16, 0x3f80, 0x7f7f))).isEmpty();
    assertThat(NonFiniteSearch.first(shorts(ElementType.BFLOAT16, 0x3f80, 0xff80))).hasValue(1);
  }

  @Test
  void firstOfIntegersIsEmpty() {
    assertThat(NonFiniteSearch.first(Tensor.ofInts(Shape.of(1), 0x7f800000))).isEmpty();
  }

  private static Tensor shorts(ElementType type, int first, int second) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(0, (short) first).putShort(2, (short) second);
    return Tensor.of(type, Shape.of(2), bytes);
  }
}
