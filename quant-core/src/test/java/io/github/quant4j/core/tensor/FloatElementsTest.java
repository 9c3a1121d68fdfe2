/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatElementsTest {

  /** np.array([bits], np.uint16).view(np.float16)[0].astype(np.float32) of NumPy 2. */
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
        .withMessageStartingWith("tensor is int32[1], expected float16");
  }
}
