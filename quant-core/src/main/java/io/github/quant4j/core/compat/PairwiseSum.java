/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * Adds numbers in NumPy's order, so that the rounding errors are its errors.
 *
 * <p>Up to 7 numbers are added one by one, up to 128 by 8 running sums that are then added in
 * pairs; more are halved, the first half a multiple of 8.
 *
 * <p>Error: about {@code 16 + log2(n / 128)} roundings. Cost: one pass. Thread-safe: no state.
 *
 * <p>Source: N. J. Higham (1993), The accuracy of floating point summation, SIAM J. Sci. Comput.
 * 14; {@code numpy.add.reduce} of NumPy 2.4.
 */
final class PairwiseSum {

  private static final int BLOCK = 128;
  private static final int WAYS = 8;

  private PairwiseSum() {}

  /** Returns the float32 sum of some numbers of an array. */
  static float of(float[] values, int from, int length) {
    if (length < WAYS) {
      float sum = -0f;
      for (int at = from; at < from + length; at++) {
        sum += values[at];
      }
      return sum;
    }
    if (length > BLOCK) {
      int half = length / 2 / WAYS * WAYS;
      return of(values, from, half) + of(values, from + half, length - half);
    }
    float[] sums = new float[WAYS];
    System.arraycopy(values, from, sums, 0, WAYS);
    int whole = length / WAYS * WAYS;
    for (int at = WAYS; at < whole; at++) {
      sums[at % WAYS] += values[from + at];
    }
    float sum =
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (int at = whole; at < length; at++) {
      sum += values[from + at];
    }
    return sum;
  }

  /** Returns the double sum of all numbers of an array. */
  static double of(double[] values, int from, int length) {
    if (length < WAYS) {
      double sum = -0.0;
      for (int at = from; at < from + length; at++) {
        sum += values[at];
      }
      return sum;
    }
    if (length > BLOCK) {
      int half = length / 2 / WAYS * WAYS;
      return of(values, from, half) + of(values, from + half, length - half);
    }
    double[] sums = new double[WAYS];
    System.arraycopy(values, from, sums, 0, WAYS);
    int whole = length / WAYS * WAYS;
    for (int at = WAYS; at < whole; at++) {
      sums[at % WAYS] += values[from + at];
    }
    double sum =
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (int at = whole; at < length; at++) {
      sum += values[from + at];
    }
    return sum;
  }
}
