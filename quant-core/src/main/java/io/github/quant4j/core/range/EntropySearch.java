/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

/*
 * With counts c_k, N = sum of all, B = sum of those beyond the first i, level j with sum S_j over
 * f_j bins not empty, and C = c_(i-1) + B:
 *
 *   N * D  = sum over levels of D_j
 *   D_j    = sum of c log c over its bins - S_j log(S_j / f_j), but for the last level
 *   D_last = the same with C for c_(i-1) - (S_j + B) log(S_j / f_j)
 *
 * Running sums of c, c log c and of bins not empty give each D_j in constant time. No D_j is
 * negative (log sum inequality), so summing may stop above the least divergence found before. The
 * last level goes first: with many counts beyond, it alone decides.
 */
/** The search of {@link EntropySelector} over one histogram. Used by one thread. */
final class EntropySearch {

  /** Divergences closer than this count as equal; rounding errors are far below. */
  private static final double TOLERANCE = 1e-12;

  private static final double MOST_CLIPPED = 0.01;

  private final int levelCount;
  private final int binCount;
  private final double[] sums;
  private final double[] entropies;
  private final int[] filled;
  private final double[] logs;
  private final double total;

  EntropySearch(long[] counts, int levelCount) {
    this.levelCount = levelCount;
    this.binCount = counts.length;
    this.sums = new double[binCount + 1];
    this.entropies = new double[binCount + 1];
    this.filled = new int[binCount + 1];
    for (int bin = 0; bin < binCount; bin++) {
      sums[bin + 1] = sums[bin] + counts[bin];
      entropies[bin + 1] = entropies[bin] + timesLog((double) counts[bin]);
      filled[bin + 1] = filled[bin] + (counts[bin] == 0 ? 0 : 1);
    }
    this.total = sums[binCount];
    this.logs = new double[binCount / levelCount + 2];
    for (int number = 1; number < logs.length; number++) {
      logs[number] = Math.log(number);
    }
  }

  /** Returns the number of bins to keep. */
  int best() {
    int best = binCount;
    double least = Double.POSITIVE_INFINITY;
    for (int size = binCount; size >= levelCount; size--) {
      if (total - sums[size] > MOST_CLIPPED * total) {
        break;
      }
      double divergence = divergence(size, least);
      if (divergence < least - TOLERANCE * total) {
        least = divergence;
        best = size;
      }
    }
    return best;
  }

  /** Returns N * D of a candidate, or some number above the limit when it is above the limit. */
  double divergence(int size, double limit) {
    int lastStart = start(levelCount - 1, size);
    double lastSum = sums[size] - sums[lastStart];
    double beyond = total - sums[size];
    if (lastSum == 0 && beyond > 0) {
      return Double.POSITIVE_INFINITY;
    }
    double divergence = lastLevel(lastStart, size, beyond);
    int from = 0;
    for (int level = 1; level < levelCount && divergence <= limit; level++) {
      int to = start(level, size);
      double sum = sums[to] - sums[from];
      if (sum > 0) {
        double logMean = FastLog.of(sum) - logs[filled[to] - filled[from]];
        divergence += entropies[to] - entropies[from] - sum * logMean;
      }
      from = to;
    }
    return divergence;
  }

  private double lastLevel(int from, int size, double beyond) {
    double sum = sums[size] - sums[from];
    if (sum == 0) {
      return 0;
    }
    double last = sums[size] - sums[size - 1];
    boolean isOnlyBeyond = last == 0 && beyond > 0;
    int count = filled[size] - filled[from] + (isOnlyBeyond ? 1 : 0);
    double entropy = entropies[size - 1] - entropies[from] + timesLog(last + beyond);
    return entropy - (sum + beyond) * (FastLog.of(sum) - logs[count]);
  }

  /** Returns the first bin of a level: the least k with {@code k * levelCount >= level * size}. */
  private int start(int level, int size) {
    return (level * size + levelCount - 1) / levelCount;
  }

  private static double timesLog(double count) {
    return count == 0 ? 0 : count * FastLog.of(count);
  }
}
