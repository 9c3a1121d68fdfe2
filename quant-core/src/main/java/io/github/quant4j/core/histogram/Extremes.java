/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

/**
 * The smallest and the largest of some finite values. Immutable and thread-safe.
 *
 * @param minimum the smallest value
 * @param maximum the largest value
 */
record Extremes(float minimum, float maximum) {

  /** The extremes of no value; {@link #and} leaves the other ones. */
  static final Extremes NONE = new Extremes(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

  /**
   * Returns the extremes of the first values of an array, {@link #NONE} of no value.
   *
   * <p>{@code Math.min} and {@code Math.max} hand NaN on, so {@link #areFinite} tells afterwards
   * whether all values were finite. Both compile to vector instructions.
   */
  static Extremes of(float[] values, int length) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    return new Extremes(low, high);
  }

  /** Returns whether both are finite. */
  boolean areFinite() {
    return Float.isFinite(minimum) && Float.isFinite(maximum);
  }

  /** Returns the extremes of both; the same in either order, signed zeros included. */
  Extremes and(Extremes other) {
    return new Extremes(Math.min(minimum, other.minimum), Math.max(maximum, other.maximum));
  }

  /** Returns whether {@link #and} would change nothing, the signs of zeros included. */
  boolean contains(Extremes other) {
    return Float.floatToRawIntBits(Math.min(minimum, other.minimum))
            == Float.floatToRawIntBits(minimum)
        && Float.floatToRawIntBits(Math.max(maximum, other.maximum))
            == Float.floatToRawIntBits(maximum);
  }

  /** Returns the largest magnitude. */
  float absoluteMaximum() {
    return Math.max(Math.abs(minimum), Math.abs(maximum));
  }

  /**
   * Returns the bin width that follows from these extremes, after checking that each is in the
   * outermost bin with a count on its side.
   */
  BinWidth requireOutermost(long[] positive, long[] negative) {
    if (!(areFinite() && minimum <= maximum)) {
      throw new IllegalArgumentException(
          "extremes are %s and %s, expected finite values with minimum <= maximum"
              .formatted(minimum, maximum));
    }
    BinWidth width = BinWidth.covering(absoluteMaximum());
    requireSame("minimum", minimum, width, lowest(positive, negative));
    requireSame("maximum", maximum, width, highest(positive, negative));
    return width;
  }

  private static void requireSame(String name, float value, BinWidth width, int outermost) {
    int bin = value < 0 ? ~width.bin(-value) : width.bin(value);
    if (bin != outermost) {
      throw new IllegalArgumentException(
          "%s is %s in %s, expected a value of the outermost bin with a count, %s"
              .formatted(name, value, describe(bin), describe(outermost)));
    }
  }

  /* Bins of both signs in one order: negative bin i is ~i, below 0. */
  private static int lowest(long[] positive, long[] negative) {
    return negative.length > 0 ? -negative.length : firstFilled(positive);
  }

  private static int highest(long[] positive, long[] negative) {
    return positive.length > 0 ? positive.length - 1 : ~firstFilled(negative);
  }

  private static int firstFilled(long[] counts) {
    int bin = 0;
    while (counts[bin] == 0) {
      bin++;
    }
    return bin;
  }

  private static String describe(int bin) {
    return bin < 0 ? "negative bin " + ~bin : "positive bin " + bin;
  }
}
