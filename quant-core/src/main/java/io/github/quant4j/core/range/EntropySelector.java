/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;

/**
 * Keeps the range [-t, t] whose quantized histogram diverges least from the histogram: the entropy
 * calibration of NVIDIA TensorRT.
 *
 * <p>Formula: t is the edge of bin i for which {@code D_i = sum P log(P / Q)} is least, over i from
 * L, the number of levels, to the number of bins n of the magnitudes:
 *
 * <ol>
 *   <li>At most 2,048 bins: of more, neighbours are added up. Bin 0 takes the count of bin 1,
 *       because zeros are quantized without error, however many there are.
 *   <li>P is the first i bins, with all counts beyond added to bin i - 1.
 *   <li>Q gives each bin that is not empty in P the mean of those bins of its level, without the
 *       counts beyond; bin k is of level {@code floor(k * L / i)}. Empty bins stay empty.
 *   <li>Both are divided by the sum of P. Where Q is 0 and P is not, the divergence is infinite.
 * </ol>
 *
 * <p>No range is degenerate. What is beyond is missing from Q, and the usual scaling of Q to a sum
 * of 1 is left out, so that clipping is never free: scaled, values that all lie far from 0 diverge
 * least when all of them are clipped. A range that clips more than 1 % of the values, those of bin
 * 0 as above, is no candidate. Of divergences that differ by less than 1e-12 the widest range wins,
 * so with few values, whose levels hold one bin each, nothing is clipped. The range is cut to the
 * values seen; of fewer than L bins and of all-zero values it is their whole range. At most n / L =
 * 16 times can a range shrink, for L bins is the least of all candidates.
 *
 * <p>Accuracy: the divergence is computed from running sums with an error of about 1e-14; the
 * result has the same bits everywhere. Cost: at most {@code L * (n - L)} logarithms, as a rule a
 * fraction of it, because a candidate is given up as soon as the levels summed so far diverge more
 * than the best. Immutable and thread-safe.
 *
 * <p>Source: S. Migacz (2017), 8-bit inference with TensorRT, GTC session S7310; bin 0 and ties are
 * treated as pytorch-quantization does.
 */
public final class EntropySelector implements RangeSelector {

  static final int MAX_BIN_COUNT = 2048;
  private static final int INT8_LEVELS = 128;

  private final int levelCount;

  private EntropySelector(int levelCount) {
    this.levelCount = levelCount;
  }

  /**
   * Returns a selector for the 128 levels that int8 codes have for magnitudes.
   *
   * @return the selector
   */
  public static EntropySelector create() {
    return create(INT8_LEVELS);
  }

  /**
   * Returns a selector for a number of levels.
   *
   * @param levelCount the levels for magnitudes, from 2 to 1,024: 128 for int8, 8 for int4, 256 for
   *     uint8 codes of values that are not negative
   * @return the selector
   * @throws IllegalArgumentException if the number is out of its range
   */
  public static EntropySelector create(int levelCount) {
    if (levelCount < 2 || levelCount > MAX_BIN_COUNT / 2) {
      throw new IllegalArgumentException(
          "levelCount is %s, expected 2 to %s".formatted(levelCount, MAX_BIN_COUNT / 2));
    }
    return new EntropySelector(levelCount);
  }

  @Override
  public ValueRange select(HistogramSnapshot histogram) {
    ValueRange observed = Observed.range(histogram);
    long[] counts = histogram.magnitudes();
    double width = histogram.binWidth();
    while (counts.length > MAX_BIN_COUNT) {
      counts = pairs(counts);
      width *= 2;
    }
    if (counts.length <= levelCount) {
      return observed;
    }
    counts[0] = counts[1];
    double threshold = new EntropySearch(counts, levelCount).best() * width;
    return Observed.part(histogram, -threshold, threshold);
  }

  private static long[] pairs(long[] counts) {
    long[] sums = new long[(counts.length + 1) / 2];
    for (int bin = 0; bin < counts.length; bin++) {
      sums[bin / 2] += counts[bin];
    }
    return sums;
  }
}
