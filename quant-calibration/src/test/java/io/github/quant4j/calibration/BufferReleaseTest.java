/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Counts the bytes of direct memory, of which other tests of this JVM use little. */
class BufferReleaseTest {

  private static final int SIZE = 1 << 26;
  private static final long REST = 1 << 22;

  @Test
  void release_aBufferOnceOrTwice_freesItsMemoryAtOnce() {
    long before = usedBytes();
    ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    assertThat(usedBytes()).isGreaterThan(before + SIZE - REST);
    BufferRelease.release(buffer);
    BufferRelease.release(buffer);

    assertThat(usedBytes()).isLessThan(before + REST);
  }

  @Test
  void release_aSlice_isRefused() {
    ByteBuffer slice = ByteBuffer.allocateDirect(16).slice(0, 8);

    assertThatIllegalStateException().isThrownBy(() -> BufferRelease.release(slice));
  }

  /** As on Java versions that take the access away, which tell so at the first call. */
  @Test
  void release_cleanerThatIsNotSupported_leavesTheBufferAsItIs() {
    MethodHandle thrower =
        MethodHandles.throwException(void.class, UnsupportedOperationException.class)
            .bindTo(new UnsupportedOperationException("invokeCleaner"));
    ByteBuffer buffer = ByteBuffer.allocateDirect(8).putLong(0, 7);
    BufferRelease.release(buffer, MethodHandles.dropArguments(thrower, 0, ByteBuffer.class));

    assertThat(buffer.getLong(0)).isEqualTo(7);
  }

  @Test
  void tensor_thatGrows_freesTheMemoryItHadBefore() {
    long before = usedBytes();
    try (DirectMemory memory = new DirectMemory()) {
      for (int size = SIZE / 4; size <= SIZE; size += SIZE / 4) {
        memory.tensor("x", ElementType.INT8, Shape.of(size));
      }
      assertThat(usedBytes()).isBetween(before + SIZE - REST, before + SIZE + REST);
    }

    assertThat(usedBytes()).isLessThan(before + REST);
  }

  private static long usedBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
