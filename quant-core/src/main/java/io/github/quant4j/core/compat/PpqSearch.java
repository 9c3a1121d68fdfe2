/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import java.util.Arrays;

/**
 * The searches of PPQ's histogram observers. Thread-safe: no state.
 *
 * <p>Source: {@code TorchHistObserver.hist_to_scale_offset} and {@code TorchMSEObserver} of PPQ
 * 0.6.6.
 */
final class PpqSearch {

  private static final int LEVELS = 128;
  private static final int CODES = 256;
  private static final double EPSILON = 1e-30;

  private PpqSearch() {}

  /**
   * Returns the number of bins, a multiple of 128, whose quantized histogram diverges least.
   *
   * <p>First 0.2 % of the bins are set to 0 and the next to 1, so that zeros don't weigh. For every
   * multiple: p is the bins with all further counts added to the last, divided by the sum; q gives
   * each bin that is not empty the mean of the not empty bins of its level, without the further
   * counts, divided by the sum. {@code KL = sum p * (log10(p + 1e-30) - log10(q + 1e-30))}. The
   * first minimum wins. Parts are float32, the divergence is double; PPQ leaves the order of that
   * sum to a linear algebra library, so candidates equal to 15 digits may change places.
   */
  static int divergence(float[] histogram) {
    float[] counts = histogram.clone();
    int ignored = (int) (counts.length * .002);
    Arrays.fill(counts, 0, ignored, 0);
    counts[ignored] = 1;
    float total = CascadeSum.of(counts, counts.length);
    int best = LEVELS;
    double least = Double.POSITIVE_INFINITY;
    for (int size = LEVELS; size <= counts.length; size += LEVELS) {
      double divergence = divergence(counts, size, total);
      if (divergence < least) {
        least = divergence;
        best = size;
      }
    }
    return best;
  }

  /**
   * Returns the number of bins, a multiple of 256, with the least squared error in bins.
   *
   * <p>A level is {@code step} bins. The error of a bin is the distance from its middle to the
   * nearer end of its level, by a quarter instead of a half bin where both are as far; beyond the
   * levels it is the distance to the last. The full range is tried first, then steps from 1 on; the
   * first minimum wins.
   */
  static int meanSquaredError(float[] counts) {
    double total = 0;
    for (float count : counts) {
      total += count;
    }
    int largest = counts.length / CODES;
    int best = largest + 1;
    double least = squaredError(counts, best, total);
    for (int step = 1; step <= largest; step++) {
      double error = squaredError(counts, step, total);
      if (error < least) {
        least = error;
        best = step;
      }
    }
    return best * CODES;
  }

  private static double divergence(float[] counts, int size, float total) {
    float[] q = spread(counts, size);
    float sum = CascadeSum.of(q, size);
    float beyond =
        CascadeSum.of(Arrays.copyOfRange(counts, size, counts.length), counts.length - size);
    double divergence = 0;
    for (int bin = 0; bin < size; bin++) {
      float p = (bin == size - 1 ? counts[bin] + beyond : counts[bin]) / total;
      divergence += p * (Math.log10(p + EPSILON) - Math.log10(q[bin] / sum + EPSILON));
    }
    return divergence;
  }

  private static float[] spread(float[] counts, int size) {
    float[] q = new float[size];
    int ratio = size / LEVELS;
    for (int from = 0; from < size; from += ratio) {
      float sum = 0;
      int filled = 0;
      for (int bin = from; bin < from + ratio; bin++) {
        sum += counts[bin];
        filled += counts[bin] > 0 ? 1 : 0;
      }
      for (int bin = from; bin < from + ratio; bin++) {
        q[bin] = counts[bin] > 0 ? sum / filled : 0;
      }
    }
    return q;
  }

  private static double squaredError(float[] counts, int step, double total) {
    int end = CODES * step;
    double loss = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      double error;
      if (bin > end) {
        error = bin - end + 0.5;
      } else {
        int left = bin % step;
        int right = step - left - 1;
        error = left == right ? left + 0.25 : Math.min(left, right) + 0.5;
      }
      loss += counts[bin] * error * error / total;
    }
    return loss;
  }
}
