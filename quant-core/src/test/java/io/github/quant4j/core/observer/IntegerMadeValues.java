/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import java.util.Arrays;

/** 10,000 bell-shaped values made with integer arithmetic, the same in every language. */
final class IntegerMadeValues {

  private static final int COUNT = 10_000;

  private IntegerMadeValues() {}

  static float[] all() {
    float[] values = new float[COUNT];
    for (long k = 0; k < COUNT; k++) {
      long sum = k * 7919 % 10007 + k * 104729 % 10009 + k * 1299709 % 10037 + k * 15485863 % 10039;
      values[(int) k] = (float) ((sum - 20044) / 4096.0);
    }
    return values;
  }

  static float[][] batchesOf(int length) {
    float[] values = all();
    float[][] batches = new float[COUNT / length][];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
    }
    return batches;
  }

  /** Returns the values of a magnitude below 1. */
  static float[] inside() {
    return ofSide(true);
  }

  /** Returns the other values. */
  static float[] outside() {
    return ofSide(false);
  }

  private static float[] ofSide(boolean inside) {
    float[] taken = new float[COUNT];
    int length = 0;
    for (float value : all()) {
      if (Math.abs(value) < 1 == inside) {
        taken[length++] = value;
      }
    }
    return Arrays.copyOf(taken, length);
  }
}
