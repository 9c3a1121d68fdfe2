/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * The searches of Model Optimizer's histogram calibrator. Thread-safe: no state.
 *
 * <p>Source: {@code _compute_amax_entropy} and {@code _compute_amax_mse} of Model Optimizer 0.46.
 */
final class ModelOptSearch {

  private static final int START_BIN = 128;

  private ModelOptSearch() {}

  /**
   * Returns the edge whose quantized histogram diverges least from the histogram.
   *
   * <p>Bin 0 is first replaced by bin 1, so that zeros don't weigh. For every i from 128 to the
   * number of bins: p is the first i bins with all further counts added to the last; q gives each
   * bin that is not empty the mean of the not empty bins of its level, where bin k is of level
   * {@code floor(k * levelCount / i)}, without the further counts; {@code KL = sum p * log(p / q)}
   * of both divided by their sums. The last minimum wins. A candidate whose last bin is empty but
   * for the further counts diverges infinitely.
   */
  static float entropy(long[] histogram, float[] edges, int levelCount) {
    long[] counts = histogram.clone();
    counts[0] = counts[1];
    long total = sum(counts, 0, counts.length);
    if (total == 0) {
      return edges[counts.length];
    }
    double[] p = new double[counts.length];
    double[] q = new double[counts.length];
    int best = START_BIN;
    double least = Double.POSITIVE_INFINITY;
    long kept = sum(counts, 0, START_BIN - 1);
    for (int size = START_BIN; size <= counts.length; size++) {
      kept += counts[size - 1];
      for (int bin = 0; bin < size; bin++) {
        p[bin] = counts[bin];
      }
      p[size - 1] += total - kept;
      spread(counts, size, levelCount, q);
      double divergence = divergence(p, q, size);
      if (divergence <= least) {
        least = divergence;
        best = size;
      }
    }
    return edges[best];
  }

  /**
   * Returns the bin centre, from the 129th on, that gives the least squared error of the bin
   * centres, weighted by counts: {@code round(c * s) / s} with {@code s = largestCode / amax} in
   * float32, clamped to the codes. The first minimum wins. An amax of 2^-24 or less quantizes all
   * to 0.
   */
  static float meanSquaredError(long[] counts, float[] edges, float largestCode) {
    float[] centres = new float[counts.length];
    for (int bin = 0; bin < counts.length; bin++) {
      centres[bin] = (edges[bin + 1] + edges[bin]) / 2;
    }
    float[] errors = new float[counts.length];
    float best = centres[START_BIN];
    float least = Float.POSITIVE_INFINITY;
    for (int candidate = START_BIN; candidate < centres.length; candidate++) {
      float scale = largestCode / centres[candidate];
      boolean isZero = centres[candidate] <= 0x1p-24f;
      for (int bin = 0; bin < counts.length; bin++) {
        float code = Math.min(largestCode, (float) Math.rint(centres[bin] * scale));
        float error = (isZero ? 0 : code / scale) - centres[bin];
        errors[bin] = error * error * counts[bin];
      }
      float mean = CascadeSum.of(errors, errors.length) / errors.length;
      if (mean < least) {
        least = mean;
        best = centres[candidate];
      }
    }
    return best;
  }

  private static void spread(long[] counts, int size, int levelCount, double[] q) {
    int from = 0;
    for (int level = 0; level < levelCount; level++) {
      int to = (int) (((level + 1L) * size + levelCount - 1) / levelCount);
      long sum = 0;
      int filled = 0;
      for (int bin = from; bin < to; bin++) {
        sum += counts[bin];
        filled += counts[bin] == 0 ? 0 : 1;
      }
      double mean = (double) sum / Math.max(1, filled);
      for (int bin = from; bin < to; bin++) {
        q[bin] = counts[bin] == 0 ? 0 : mean;
      }
      from = to;
    }
  }

  private static double divergence(double[] p, double[] q, int size) {
    double sumP = PairwiseSum.of(p, 0, size);
    double sumQ = PairwiseSum.of(q, 0, size);
    for (int bin = 0; bin < size; bin++) {
      p[bin] = relativeEntropy(p[bin] / sumP, q[bin] / sumQ);
    }
    return PairwiseSum.of(p, 0, size);
  }

  /** Returns {@code p * log(p / q)} as SciPy computes it. */
  private static double relativeEntropy(double p, double q) {
    if (p == 0) {
      return 0;
    }
    double ratio = p / q;
    return ratio > 0.5 && ratio < 2 ? p * Math.log1p((p - q) / q) : p * Math.log(ratio);
  }

  private static long sum(long[] counts, int from, int to) {
    long sum = 0;
    for (int bin = from; bin < to; bin++) {
      sum += counts[bin];
    }
    return sum;
  }
}
