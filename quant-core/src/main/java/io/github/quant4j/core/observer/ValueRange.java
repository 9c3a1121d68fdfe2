/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

/**
 * A closed range of finite float32 values. Immutable and thread-safe.
 *
 * @param minimum the lower end, finite
 * @param maximum the upper end, finite, not below {@code minimum}
 */
public record ValueRange(float minimum, float maximum) {

  /**
   * Checks the ends.
   *
   * @param minimum the lower end
   * @param maximum the upper end
   * @throws IllegalArgumentException if an end is NaN or infinite, or {@code minimum > maximum}
   */
  public ValueRange {
    if (!(Float.isFinite(minimum) && Float.isFinite(maximum) && minimum <= maximum)) {
      throw new IllegalArgumentException(
          "range is [%s, %s], expected finite ends with minimum <= maximum"
              .formatted(minimum, maximum));
    }
  }

  /**
   * Returns the largest absolute value in the range, {@code max(|minimum|, |maximum|)}.
   *
   * @return the absolute maximum, finite, not below 0; exact
   */
  public float absoluteMaximum() {
    return Math.max(Math.abs(minimum), Math.abs(maximum));
  }
}
