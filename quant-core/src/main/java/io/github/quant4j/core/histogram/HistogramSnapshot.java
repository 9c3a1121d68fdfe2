/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import java.util.Arrays;
import java.util.Objects;

/**
 * The counts of a {@link StreamingHistogram} at one moment.
 *
 * <p>Bin {@code i} of {@link #positive()} counts the values {@code x >= 0} with {@code i * w <= x <
 * (i + 1) * w}, and bin {@code i} of {@link #negative()} the values {@code x < 0} with {@code i * w
 * <= -x < (i + 1) * w}, where {@code w} is {@link #binWidth()}. Both zeros count in bin 0 of {@code
 * positive()}. The width is the smallest {@code 2^e}, {@code e >= -149}, that gives the largest
 * magnitude a bin below {@link #BIN_COUNT}, so that one multiset of values has one snapshot.
 *
 * <ul>
 *   <li>Without a finite value all counts are 0, the width is {@code 2^-149} and there is neither
 *       minimum nor maximum.
 *   <li>All-zero values give that width too, and a count in bin 0 alone.
 *   <li>The extremes are exact, signed zeros included ({@code -0.0 < 0.0}).
 * </ul>
 *
 * <p>Immutable and thread-safe. Memory: at most 2 * 8 * {@link #BIN_COUNT} bytes of counts.
 */
public final class HistogramSnapshot {

  /** The largest number of bins of one sign, 4,096. */
  public static final int BIN_COUNT = 1 << BinWidth.BIN_COUNT_LOG;

  private final BinWidth width;
  private final long[] positive;
  private final long[] negative;
  private final float minimum;
  private final float maximum;
  private final long count;
  private final long nonFiniteCount;

  /** Takes over the arrays, which end with a count above 0 or are empty. */
  private HistogramSnapshot(
      BinWidth width, long[] positive, long[] negative, Extremes extremes, long nonFiniteCount) {
    this.width = width;
    this.positive = positive;
    this.negative = negative;
    this.minimum = extremes.minimum();
    this.maximum = extremes.maximum();
    this.count = Math.addExact(sum(positive), sum(negative));
    this.nonFiniteCount = nonFiniteCount;
  }

  /**
   * Returns a snapshot of given counts, as a reader of stored histograms needs it.
   *
   * @param positive the counts of the values from 0 on, at most {@link #BIN_COUNT}, copied; zeros
   *     at the end may be left out
   * @param negative the counts of the values below 0 by magnitude, likewise
   * @param minimum the smallest value; ignored when all counts are 0
   * @param maximum the largest value; ignored when all counts are 0
   * @param nonFiniteCount the number of NaN and infinite values
   * @return the snapshot; its bin width follows from the extremes
   * @throws IllegalArgumentException if a count is negative, there are too many bins, or the
   *     extremes are not finite or not in the outermost bins with a count
   * @throws ArithmeticException if the counts add up to more than 2^63 - 1
   */
  public static HistogramSnapshot of(
      long[] positive, long[] negative, float minimum, float maximum, long nonFiniteCount) {
    requireCount("nonFiniteCount", nonFiniteCount);
    long[] positiveCounts = checkedCopy("positive", positive);
    long[] negativeCounts = checkedCopy("negative", negative);
    if (positiveCounts.length == 0 && negativeCounts.length == 0) {
      BinWidth narrowest = BinWidth.covering(0f);
      return new HistogramSnapshot(
          narrowest, positiveCounts, negativeCounts, Extremes.NONE, nonFiniteCount);
    }
    Extremes extremes = new Extremes(minimum, maximum);
    BinWidth width = extremes.requireOutermost(positiveCounts, negativeCounts);
    return new HistogramSnapshot(width, positiveCounts, negativeCounts, extremes, nonFiniteCount);
  }

  /**
   * Returns the snapshot of all values of this one and another one, as one histogram that had seen
   * both would have given it, bit for bit.
   *
   * <p>It is exact because the bin of a value in the wider of the two widths follows from its bin
   * in the narrower one, as {@code floor(floor(a / 2^e) / 2^k) = floor(a / 2^(e + k))}, and because
   * the wider one is the width that the largest magnitude of both calls for. Sums of counts and
   * extremes of extremes are exact too. Hence commutative and associative; the empty snapshot
   * changes nothing. Cost: one pass over the bins of both.
   *
   * @param other the other snapshot
   * @return the combined snapshot
   * @throws ArithmeticException if the counts add up to more than 2^63 - 1
   */
  public HistogramSnapshot combine(HistogramSnapshot other) {
    BinWidth wider = width.exponent() >= other.width.exponent() ? width : other.width;
    return new HistogramSnapshot(
        wider,
        sums(positive, wider.shiftFrom(width), other.positive, wider.shiftFrom(other.width)),
        sums(negative, wider.shiftFrom(width), other.negative, wider.shiftFrom(other.width)),
        extremes().and(other.extremes()),
        Math.addExact(nonFiniteCount, other.nonFiniteCount));
  }

  /**
   * Returns the exponent of the bin width.
   *
   * @return {@code e} of {@code 2^e}, from -149 to 116
   */
  public int exponent() {
    return width.exponent();
  }

  /**
   * Returns the width of all bins, {@code 2^exponent()}.
   *
   * @return the width, exact, above 0
   */
  public double binWidth() {
    return width.value();
  }

  /**
   * Returns the counts of the values from 0 on.
   *
   * @return a new array that ends with the last count above 0; empty when there is none
   */
  public long[] positive() {
    return positive.clone();
  }

  /**
   * Returns the counts of the values below 0, by magnitude.
   *
   * @return a new array that ends with the last count above 0; empty when there is none
   */
  public long[] negative() {
    return negative.clone();
  }

  /**
   * Returns the counts of the magnitudes, the histogram of {@code |x|}.
   *
   * @return a new array that ends with the last count above 0; empty when there is none
   */
  public long[] magnitudes() {
    long[] sums = Arrays.copyOf(positive, Math.max(positive.length, negative.length));
    for (int bin = 0; bin < negative.length; bin++) {
      sums[bin] += negative[bin];
    }
    return sums;
  }

  /**
   * Returns the number of finite values, the sum of all bins.
   *
   * @return the count, from 0
   */
  public long count() {
    return count;
  }

  /**
   * Returns the number of NaN and infinite values, which are in no bin.
   *
   * @return the count, from 0
   */
  public long nonFiniteCount() {
    return nonFiniteCount;
  }

  /**
   * Returns whether there is no finite value.
   *
   * @return whether {@link #count()} is 0
   */
  public boolean isEmpty() {
    return count == 0;
  }

  /**
   * Returns the smallest finite value.
   *
   * @return the value, exact
   * @throws IllegalStateException if there is no finite value
   */
  public float minimum() {
    requireValues();
    return minimum;
  }

  /**
   * Returns the largest finite value.
   *
   * @return the value, exact
   * @throws IllegalStateException if there is no finite value
   */
  public float maximum() {
    requireValues();
    return maximum;
  }

  /**
   * Returns the largest magnitude.
   *
   * @return {@code max(|minimum|, |maximum|)}, exact; 0 when there is no finite value
   */
  public float absoluteMaximum() {
    return isEmpty() ? 0f : Math.max(Math.abs(minimum), Math.abs(maximum));
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof HistogramSnapshot other
        && Float.floatToIntBits(minimum) == Float.floatToIntBits(other.minimum)
        && Float.floatToIntBits(maximum) == Float.floatToIntBits(other.maximum)
        && nonFiniteCount == other.nonFiniteCount
        && Arrays.equals(positive, other.positive)
        && Arrays.equals(negative, other.negative);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        minimum, maximum, nonFiniteCount, Arrays.hashCode(positive), Arrays.hashCode(negative));
  }

  @Override
  public String toString() {
    return isEmpty()
        ? "histogram of 0 values, %s not finite".formatted(nonFiniteCount)
        : "histogram of %s values from %s to %s in bins of 2^%s, %s not finite"
            .formatted(count, minimum, maximum, exponent(), nonFiniteCount);
  }

  /** Returns the extremes, {@link Extremes#NONE} without a finite value. */
  Extremes extremes() {
    return new Extremes(minimum, maximum);
  }

  BinWidth width() {
    return width;
  }

  /** Sums {@code 2^shift} neighbours each; the last count above 0 stays the last. */
  private static long[] sums(long[] one, int oneShift, long[] other, int otherShift) {
    int oneLength = one.length == 0 ? 0 : ((one.length - 1) >> oneShift) + 1;
    int otherLength = other.length == 0 ? 0 : ((other.length - 1) >> otherShift) + 1;
    long[] sums = new long[Math.max(oneLength, otherLength)];
    for (int bin = 0; bin < one.length; bin++) {
      sums[bin >> oneShift] += one[bin];
    }
    for (int bin = 0; bin < other.length; bin++) {
      sums[bin >> otherShift] = Math.addExact(sums[bin >> otherShift], other[bin]);
    }
    return sums;
  }

  private void requireValues() {
    if (isEmpty()) {
      throw new IllegalStateException("histogram has no finite value, check isEmpty() first");
    }
  }

  private static long[] checkedCopy(String name, long[] counts) {
    if (counts.length > BIN_COUNT) {
      throw new IllegalArgumentException(
          "%s has %s bins, expected at most %s".formatted(name, counts.length, BIN_COUNT));
    }
    int length = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      if (counts[bin] < 0) {
        requireCount(name + "[" + bin + "]", counts[bin]);
      }
      if (counts[bin] > 0) {
        length = bin + 1;
      }
    }
    return Arrays.copyOf(counts, length);
  }

  private static void requireCount(String name, long count) {
    if (count < 0) {
      throw new IllegalArgumentException("%s is %s, expected 0 or more".formatted(name, count));
    }
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long value : counts) {
      sum = Math.addExact(sum, value);
    }
    return sum;
  }
}
