/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

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
                  + "most 2147483639; use a smaller batch size");
    }
  }

  /** The JVM of the tests has less direct memory than that, where it counts it. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void tensor_ofMoreMemoryThanThereIs_isRefusedByName() {
    long count = (1L << 29) - 3;
    try (DirectMemory memory = new DirectMemory()) {
      assertThatThrownBy(() -> memory.tensor("wide", ElementType.FLOAT, Shape.of(count)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("no 2147483636 bytes of direct memory are left for tensor 'wide'")
          .hasCauseInstanceOf(OutOfMemoryError.class);
      assertThat(memory.tensor("wide", ElementType.INT8, Shape.of(3)).bytes().remaining())
          .isEqualTo(3);
    }
  }

  @Test
  void tensor_thatGrows_freesTheMemoryItHadBefore() {
    long before = directBytes();
    try (DirectMemory memory = new DirectMemory()) {
      for (int size = 1 << 24; size <= 1 << 26; size += 1 << 24) {
        memory.tensor("x", ElementType.INT8, Shape.of(size));
        assertThat(directBytes()).isLessThan(before + size + (1 << 22));
      }
    }

    assertThat(directBytes()).isLessThan(before + (1 << 22));
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
