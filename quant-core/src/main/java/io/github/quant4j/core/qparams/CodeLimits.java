/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

/**
 * The smallest and largest code in use. Immutable and thread-safe.
 *
 * @param minimum the smallest code, often called {@code quantMin}
 * @param maximum the largest code, often called {@code quantMax}; above {@code minimum}
 */
public record CodeLimits(int minimum, int maximum) {

  /**
   * Checks the order.
   *
   * @param minimum the smallest code
   * @param maximum the largest code
   * @throws IllegalArgumentException if {@code minimum >= maximum}
   */
  public CodeLimits {
    if (minimum >= maximum) {
      throw new IllegalArgumentException(
          "codes are [%s, %s], expected an ascending range".formatted(minimum, maximum));
    }
  }

  /**
   * Returns whether a number is one of the codes.
   *
   * @param code the number
   * @return true if {@code minimum <= code <= maximum}
   */
  public boolean contains(int code) {
    return code >= minimum && code <= maximum;
  }

  /**
   * Returns the number of steps from the smallest to the largest code.
   *
   * @return {@code maximum - minimum}, from 1 to 2^32 - 1
   */
  public long stepCount() {
    return (long) maximum - minimum;
  }

  /**
   * Returns the limits as text.
   *
   * @return e.g. {@code [-127, 127]}
   */
  @Override
  public String toString() {
    return "[" + minimum + ", " + maximum + "]";
  }
}
