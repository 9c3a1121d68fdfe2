/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;

/** Numbers that do not fit the L2 cache, the same in every benchmark. */
final class LargeArrays {
  static final int LENGTH = 1 << 23;
  private static final long SEED = 20_261_121L;

  private LargeArrays() {}

  /** Returns normally distributed numbers. */
  static float[] normal() {
    Random random = new Random(SEED);
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Returns room for as many numbers outside the heap, where runtimes keep tensors. */
  static FloatBuffer direct() {
    return ByteBuffer.allocateDirect(LENGTH * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Returns a copy outside the heap. */
  static FloatBuffer direct(float[] values) {
    return direct().put(values).flip();
  }

  /** Sums the numbers: what memory and a chain of additions allow. */
  static float sum(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
