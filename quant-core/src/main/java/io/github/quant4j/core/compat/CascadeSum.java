/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * Adds float32 numbers in PyTorch's order, so that the rounding errors are its errors.
 *
 * <p>The numbers are dealt out to 8 lanes and each lane to 4 columns; a column adds up blocks of at
 * least 16 and then blocks of blocks, four levels deep; at the end the levels, the columns, what is
 * left over and the lanes are added in this order. 8 lanes is what PyTorch uses on x86-64, with
 * AVX2 and with AVX-512 alike.
 *
 * <p>Error: about {@code 4 * n^(1/4)} roundings instead of the {@code n} of a running sum. Cost:
 * one pass. Thread-safe: no state.
 *
 * <p>Source: {@code torch.sum} of PyTorch 2.13 over a contiguous float32 tensor on a CPU.
 */
final class CascadeSum {

  private static final int LANES = 8;
  private static final int COLUMNS = 4;
  private static final int LEVELS = 4;
  private static final int ROW = LANES * COLUMNS;

  private CascadeSum() {}

  /** Returns the sum of the first numbers of an array. */
  static float of(float[] values, int length) {
    int vectors = length / LANES;
    float[] sums = rows(values, length / ROW);
    for (int at = length / ROW * ROW; at < vectors * LANES; at++) {
      sums[at % LANES] += values[at];
    }
    for (int at = LANES; at < ROW; at++) {
      sums[at % LANES] += sums[at];
    }
    float total = 0;
    for (int at = vectors * LANES; at < length; at++) {
      total += values[at];
    }
    for (int lane = 0; lane < LANES; lane++) {
      total += sums[lane];
    }
    return total;
  }

  /** Returns the sums of every column of a matrix of 32 columns. */
  private static float[] rows(float[] values, int count) {
    int power = Math.max(4, ceilLog2(count) / LEVELS);
    int step = 1 << power;
    float[][] levels = new float[LEVELS][ROW];
    int row = 0;
    while (row + step <= count) {
      for (int end = row + step; row < end; row++) {
        add(levels[0], values, row * ROW);
      }
      for (int level = 1; level < LEVELS; level++) {
        add(levels[level], levels[level - 1], 0);
        levels[level - 1] = new float[ROW];
        if ((row & ((step - 1) << (level * power))) != 0) {
          break;
        }
      }
    }
    for (; row < count; row++) {
      add(levels[0], values, row * ROW);
    }
    for (int level = 1; level < LEVELS; level++) {
      add(levels[0], levels[level], 0);
    }
    return levels[0];
  }

  private static void add(float[] sums, float[] values, int from) {
    for (int at = 0; at < ROW; at++) {
      sums[at] += values[from + at];
    }
  }

  private static int ceilLog2(int number) {
    return number <= 2 ? 1 : Integer.SIZE - Integer.numberOfLeadingZeros(number - 1);
  }
}
