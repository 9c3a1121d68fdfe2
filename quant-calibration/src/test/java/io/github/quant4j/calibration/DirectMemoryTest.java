/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {

  @Test
  void copyOf_tensorsOfOneName_takesTheMemoryOfTheLargest() {
    try (DirectMemory memory = new DirectMemory()) {
      DirectTensor large = memory.copyOf("x", Tensor.ofFloats(Shape.of(3), 1f, 2f, 3f));
      DirectTensor small = memory.copyOf("x", Tensor.ofFloats(Shape.of(1, 1), 4f));
      DirectTensor other = memory.copyOf("y", Tensor.ofFloats(Shape.of(1), 5f));

      assertThat(small.bytes().isDirect()).isTrue();
      assertThat(small.bytes().remaining()).isEqualTo(4);
      assertThat(large.bytes().getFloat(0)).isEqualTo(4f);
      assertThat(large.bytes().getFloat(8)).isEqualTo(3f);
      assertThat(other.bytes().getFloat(0)).isEqualTo(5f);
      assertThat(memory.copyOf("x", Tensor.ofFloats(Shape.of(0))).bytes().hasRemaining()).isFalse();
    }
  }

  @Test
  void tensor_ofMoreBytesThanABufferHolds_isRefusedByName() {
    try (DirectMemory memory = new DirectMemory()) {
      assertThatThrownBy(() -> memory.tensor("wide", ElementType.FLOAT, Shape.of(2, 1L << 28)))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "tensor 'wide' is float[2, 268435456], 2147483648 bytes in one batch, expected at "
                  + "most 2^31 - 1; use a smaller batch size");
    }
  }

  /** The JVM of the tests has less direct memory than that. */
  @Test
  void tensor_ofMoreMemoryThanThereIs_isRefusedByName() {
    long count = (1L << 29) - 1;
    try (DirectMemory memory = new DirectMemory()) {
      assertThatThrownBy(() -> memory.tensor("wide", ElementType.FLOAT, Shape.of(count)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("no 2147483644 bytes of direct memory are left for tensor 'wide'")
          .hasCauseInstanceOf(OutOfMemoryError.class);
      assertThat(memory.tensor("wide", ElementType.INT8, Shape.of(3)).bytes().remaining())
          .isEqualTo(3);
    }
  }
}
