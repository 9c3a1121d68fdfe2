/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

/**
 * Running sums over the magnitudes on one side of 0, as if each bin's values were evenly spread in
 * it; the outermost bin ends at the largest magnitude. Immutable; used by one thread.
 */
final class SideMoments {

  private final double width;
  private final double reciprocal;
  private final double extreme;
  private final int binCount;

  /* Of all magnitudes from the lower edge of a bin on: how many, their sum, the sum of squares. */
  private final double[] counts;
  private final double[] sums;
  private final double[] squares;

  SideMoments(long[] bins, double width, double extreme) {
    this.width = width;
    this.reciprocal = 1 / width; // exact, a power of two
    this.extreme = extreme;
    this.binCount = bins.length;
    this.counts = new double[binCount + 1];
    this.sums = new double[binCount + 1];
    this.squares = new double[binCount + 1];
    for (int bin = binCount - 1; bin >= 0; bin--) {
      double from = bin * width;
      double to = end(bin);
      counts[bin] = counts[bin + 1] + bins[bin];
      sums[bin] = sums[bin + 1] + bins[bin] * (from + to) / 2;
      squares[bin] = squares[bin + 1] + bins[bin] * meanSquare(from, to);
    }
  }

  /** Returns the sum of all squares. */
  double squares() {
    return squares[0];
  }

  /** Returns the number of magnitudes above a limit, a part of a bin in proportion. */
  double countAbove(double limit) {
    int bin = bin(limit);
    return counts[bin + 1] + countInBinAbove(bin, limit);
  }

  /** Returns the sum of {@code (x - limit)^2} over the magnitudes above a limit. */
  double excessAbove(double limit) {
    int bin = bin(limit);
    double distant = squares[bin + 1] - limit * (2 * sums[bin + 1] - limit * counts[bin + 1]);
    double rest = end(bin) - limit;
    return Math.max(0, distant) + countInBinAbove(bin, limit) * rest * rest / 3;
  }

  /** Returns the sum of squares of the magnitudes up to a limit. */
  double squaresUpTo(double limit) {
    int bin = bin(limit);
    double inBin = counts[bin] - counts[bin + 1] - countInBinAbove(bin, limit);
    double near = inBin * meanSquare(bin * width, Math.min(limit, end(bin)));
    return Math.max(0, squares[0] - squares[bin]) + near;
  }

  private double countInBinAbove(int bin, double limit) {
    double end = end(bin);
    double count = counts[bin] - counts[bin + 1];
    return limit >= end || count == 0 ? 0 : count * (end - limit) / (end - bin * width);
  }

  private int bin(double limit) {
    return (int) Math.min(binCount - 1.0, limit * reciprocal);
  }

  private double end(int bin) {
    return bin == binCount - 1 ? extreme : (bin + 1) * width;
  }

  private static double meanSquare(double from, double to) {
    return (from * from + from * to + to * to) / 3;
  }
}
