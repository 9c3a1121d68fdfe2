/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class DirectBlockTest {

  @Test
  void allocate_block_isDirectAndOfTheSize() {
    try (DirectBlock block = DirectBlock.allocate(12);
        DirectBlock empty = DirectBlock.allocate(0)) {
      assertThat(block.bytes().isDirect()).isTrue();
      assertThat(block.bytes().putInt(8, 7).getInt(8)).isEqualTo(7);
      assertThat(block.bytes().remaining()).isEqualTo(12);
      assertThat(empty.bytes().remaining()).isZero();
    }
  }

  /** More than the JVM of the tests has, which the garbage collector is not told of. */
  @Test
  void close_manyTimes_freesTheMemoryAtOnce() {
    int byteCount = 64 << 20;
    long before = directBytes();
    for (int i = 0; i < 40; i++) {
      try (DirectBlock block = DirectBlock.allocate(byteCount)) {
        assertThat(block.bytes().capacity()).isEqualTo(byteCount);
      }
      assertThat(directBytes() - before).isLessThan(byteCount);
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
