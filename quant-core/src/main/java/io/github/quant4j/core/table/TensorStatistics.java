/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.observer.ValueRange;

/**
 * What was seen of one tensor during calibration. Immutable and thread-safe.
 *
 * @param minimum the smallest finite value, finite
 * @param maximum the largest finite value, finite, not below {@code minimum}
 * @param count how many finite values were seen, from 1
 * @param nonFiniteCount how many NaN and infinite values were seen, from 0
 */
public record TensorStatistics(float minimum, float maximum, long count, long nonFiniteCount) {

  /**
   * Checks the numbers.
   *
   * @param minimum the smallest finite value
   * @param maximum the largest finite value
   * @param count how many finite values were seen
   * @param nonFiniteCount how many NaN and infinite values were seen
   * @throws IllegalArgumentException if an end of the range is NaN or infinite, {@code minimum >
   *     maximum}, {@code count < 1} or {@code nonFiniteCount < 0}
   */
  public TensorStatistics {
    if (!(Float.isFinite(minimum) && Float.isFinite(maximum) && minimum <= maximum)) {
      throw new IllegalArgumentException(
          "range is [%s, %s], expected finite ends with minimum <= maximum"
              .formatted(minimum, maximum));
    }
    if (count < 1 || nonFiniteCount < 0) {
      throw new IllegalArgumentException(
          "found %s finite and %s other values, expected at least 1 and 0"
              .formatted(count, nonFiniteCount));
    }
  }

  /**
   * Returns what was seen here and elsewhere, as one pass over both had given it, bit for bit:
   * minima, maxima ({@code -0.0 < 0.0}) and sums of counts do not depend on how values are grouped.
   *
   * @param other what was seen of the same tensor in other samples
   * @return the combined statistics
   * @throws ArithmeticException if a count exceeds 2^63 - 1
   */
  public TensorStatistics combine(TensorStatistics other) {
    return new TensorStatistics(
        Math.min(minimum, other.minimum),
        Math.max(maximum, other.maximum),
        Math.addExact(count, other.count),
        Math.addExact(nonFiniteCount, other.nonFiniteCount));
  }

  /**
   * Returns the range of the finite values.
   *
   * @return the range
   */
  public ValueRange range() {
    return new ValueRange(minimum, maximum);
  }
}
