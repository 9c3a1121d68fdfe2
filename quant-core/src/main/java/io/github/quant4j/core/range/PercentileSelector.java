/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Keeps at least a percentage P of the values and leaves out the outermost.
 *
 * <p>Formula, with n values: symmetric, [-t, t] with t the smallest bin edge that leaves out at
 * most {@code floor(n * (100 - P) / 100)} values by magnitude; asymmetric, the innermost bin edges
 * that leave out at most half as many at each end. Both are cut to the values seen.
 *
 * <ul>
 *   <li>P = 100 gives the range of all values. The percentage is taken as the decimal number it
 *       prints as, so that 99.9 of 10,000 values leaves out 10.
 *   <li>At least P of the values is in the range, never less: an edge is taken on the outer side of
 *       its bin, at most one part in 2,048 of the largest magnitude too far out.
 *   <li>Each end is cut by itself: with P symmetric and values from -5 to 3, t = 4 gives [-4, 3].
 *   <li>Counts are exact up to 2^63 - 1 values; the result does not depend on their order.
 * </ul>
 *
 * <p>Cost: one pass over the bins at the ends. Immutable and thread-safe.
 *
 * <p>Source: the percentile calibrators of ONNX Runtime and pytorch-quantization, which take the
 * left edge of the bin; J. McKinstry et al. (2018), Discovering low-precision networks close to
 * full-precision networks for efficient inference, arXiv:1809.04191.
 */
public final class PercentileSelector implements RangeSelector {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final BigDecimal leftOut;
  private final boolean isSymmetric;

  private PercentileSelector(double percentage, boolean isSymmetric) {
    if (!(percentage > 0 && percentage <= 100)) {
      throw new IllegalArgumentException(
          "percentage is " + percentage + ", expected above 0 to 100");
    }
    this.leftOut = HUNDRED.subtract(BigDecimal.valueOf(percentage));
    this.isSymmetric = isSymmetric;
  }

  /**
   * Returns a selector by magnitude, for symmetric codes.
   *
   * @param percentage the part of values to keep, above 0 to 100; 99.99 is usual
   * @return the selector
   * @throws IllegalArgumentException if the percentage is out of its range
   */
  public static PercentileSelector symmetric(double percentage) {
    return new PercentileSelector(percentage, true);
  }

  /**
   * Returns a selector that cuts both ends apart, for asymmetric codes.
   *
   * @param percentage the part of values to keep, above 0 to 100; 99.99 is usual
   * @return the selector
   * @throws IllegalArgumentException if the percentage is out of its range
   */
  public static PercentileSelector asymmetric(double percentage) {
    return new PercentileSelector(percentage, false);
  }

  @Override
  public ValueRange select(HistogramSnapshot histogram) {
    Observed.range(histogram);
    double width = histogram.binWidth();
    if (isSymmetric) {
      long[] magnitudes = histogram.magnitudes();
      double threshold = edge(magnitudes, new long[0], leftOut(histogram, 100)) * width;
      return Observed.part(histogram, -threshold, threshold);
    }
    long[] positive = histogram.positive();
    long[] negative = histogram.negative();
    long leftOut = leftOut(histogram, 200);
    return Observed.part(
        histogram,
        -edge(negative, positive, leftOut) * width,
        edge(positive, negative, leftOut) * width);
  }

  private long leftOut(HistogramSnapshot histogram, long divisor) {
    return leftOut
        .multiply(BigDecimal.valueOf(histogram.count()))
        .divide(BigDecimal.valueOf(divisor), 0, RoundingMode.FLOOR)
        .longValueExact();
  }

  /**
   * Returns the innermost edge, in bins, that leaves out at most some values on the side of the
   * first counts; negative when it lies among the second, whose bins lead away from 0.
   */
  private static double edge(long[] near, long[] far, long leftOut) {
    long left = leftOut;
    for (int bin = near.length - 1; bin >= 0; bin--) {
      left -= near[bin];
      if (left < 0) {
        return bin + 1;
      }
    }
    int bin = 0;
    while (bin < far.length - 1 && left >= far[bin]) {
      left -= far[bin++];
    }
    return -bin;
  }
}
