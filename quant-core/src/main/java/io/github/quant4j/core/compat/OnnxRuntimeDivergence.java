/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import java.util.Arrays;

/**
 * The divergence that ONNX Runtime's entropy calibrator minimises, of one window of a histogram.
 *
 * <ol>
 *   <li>p is the window, with all counts to its left added to its first bin and all to its right to
 *       its last.
 *   <li>q is the window without those, in {@code levelCount} groups of {@code g = size /
 *       levelCount} bins; the counts of the bins left over go to the last group. Every bin of a
 *       group gets the group's sum, divided by the number of its bins that are not 0 in p and cut
 *       to a whole number. So bins that are 0 in p are not 0 in q, where MXNet and Migacz leave
 *       them 0, and the bins left over stay 0 in q.
 *   <li>Bins that are 0 become 1e-4 and all others lose as much in sum. No bin may end at 0 or
 *       below: an assertion of the peer.
 *   <li>Both are divided by their sums, and {@code KL = sum p * log(p / q)}. Without any count the
 *       divergence is infinite.
 * </ol>
 *
 * <p>Rounding: float32 from step 3 on, with NumPy's order of sums and its logarithm. Used by one
 * thread.
 */
final class OnnxRuntimeDivergence {

  private static final double EPSILON = 1e-4;

  private final long[] counts;
  private final int levelCount;
  private final long[] p;
  private final long[] q;
  private final float[] smoothP;
  private final float[] smoothQ;

  OnnxRuntimeDivergence(long[] counts, int levelCount) {
    this.counts = counts;
    this.levelCount = levelCount;
    this.p = new long[counts.length];
    this.q = new long[counts.length];
    this.smoothP = new float[counts.length];
    this.smoothQ = new float[counts.length];
  }

  float between(int from, int to) {
    int size = to - from;
    System.arraycopy(counts, from, p, 0, size);
    p[0] += sum(0, from);
    p[size - 1] += sum(to, counts.length);
    quantize(from, size);
    if (!smooth(p, smoothP, size) || !smooth(q, smoothQ, size)) {
      return Float.POSITIVE_INFINITY;
    }
    return divergence(size);
  }

  private void quantize(int from, int size) {
    int group = size / levelCount;
    Arrays.fill(q, 0, size, 0);
    for (int level = 0; level < levelCount; level++) {
      int start = level * group;
      long sum = sum(from + start, from + start + group);
      if (level == levelCount - 1) {
        sum += sum(from + start + group, from + size);
      }
      int filled = 0;
      for (int bin = start; bin < start + group; bin++) {
        filled += p[bin] == 0 ? 0 : 1;
      }
      if (filled != 0) {
        Arrays.fill(q, start, start + group, (long) ((double) sum / filled));
      }
    }
  }

  private static boolean smooth(long[] counts, float[] smoothed, int size) {
    int zeros = 0;
    for (int bin = 0; bin < size; bin++) {
      zeros += counts[bin] == 0 ? 1 : 0;
    }
    if (zeros == size) {
      return false;
    }
    double taken = EPSILON * zeros / (size - zeros);
    boolean positive = taken < 1;
    for (int bin = 0; bin < size; bin++) {
      smoothed[bin] = counts[bin] == 0 ? (float) EPSILON : (float) counts[bin] + (float) -taken;
      positive &= smoothed[bin] > 0;
    }
    if (!positive) {
      throw new QuantizationException(
          "onnxruntime's entropy calibration fails: %s of %s bins are empty, which takes %s from"
                  .formatted(zeros, size, taken)
              + " each other bin; use fewer bins or more data");
    }
    return true;
  }

  private float divergence(int size) {
    float sumP = PairwiseSum.of(smoothP, 0, size);
    float sumQ = PairwiseSum.of(smoothQ, 0, size);
    for (int bin = 0; bin < size; bin++) {
      float partP = smoothP[bin] / sumP;
      float partQ = smoothQ[bin] / sumQ;
      smoothP[bin] = partP * NumpyLog.of(partP / partQ);
    }
    return PairwiseSum.of(smoothP, 0, size);
  }

  private long sum(int from, int to) {
    long sum = 0;
    for (int bin = from; bin < to; bin++) {
      sum += counts[bin];
    }
    return sum;
  }
}
