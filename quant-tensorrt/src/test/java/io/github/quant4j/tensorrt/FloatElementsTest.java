/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatElementsTest {

  /** np.array([bits], np.uint16).view(np.float16)[0].astype(np.float32) of NumPy 2. */
  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x0001, 5.9604645e-08",
    "0x83ff, -6.097555e-05",
    "0x0400, 6.1035156e-05",
    "0x3555, 0.33325195",
    "0x7bff, 65504",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void half_isWidenedExactly(String bits, float expected) {
    // Boxed, so that NaN equals NaN and 0 does not equal -0.
    assertThat(FloatElements.half((short) (int) Integer.decode(bits)))
        .isEqualTo(Float.valueOf(expected));
  }

  @Test
  void of_otherWidths_areReadLittleEndian() {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 1.5);

    assertThat(FloatElements.of(Tensor.of(ElementType.DOUBLE, Shape.of(), bytes)))
        .containsExactly(1.5f);
    // The upper two of the four 16-bit words of 1.5 in binary64.
    assertThat(FloatElements.of(Tensor.of(ElementType.BFLOAT16, Shape.of(4), bytes)))
        .containsExactly(0, 0, 0, Float.intBitsToFloat(0x3ff8 << 16));
  }

  @Test
  void of_integers_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FloatElements.of(Tensor.ofInts(Shape.of(1), 1)))
        .withMessage("int32[1] is no float tensor");
  }
}
