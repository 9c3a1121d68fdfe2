/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

/**
 * One dimension of a tensor type: a number, a name that stands for the same number wherever it
 * occurs in the graph, or nothing known.
 */
public sealed interface Dimension {

  /**
   * Returns the dimension of a known size.
   *
   * @param size the size, at least 0
   * @return the dimension
   */
  static Dimension of(long size) {
    return new Fixed(size);
  }

  /**
   * Returns the dimension nothing is known about.
   *
   * @return the dimension
   */
  static Dimension unknown() {
    return new Unknown();
  }

  /**
   * Tells whether the size is known and equal to the given one.
   *
   * @param size the size asked for
   * @return true when known and equal
   */
  default boolean isFixed(long size) {
    return this instanceof Fixed fixed && fixed.size() == size;
  }

  /**
   * A known size.
   *
   * @param size the size, at least 0
   */
  record Fixed(long size) implements Dimension {
    /**
     * Checks the size.
     *
     * @param size the size
     * @throws IllegalArgumentException if the size is below 0
     */
    public Fixed {
      if (size < 0) {
        throw new IllegalArgumentException("size must be at least 0, was " + size);
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /**
   * A named size, for example {@code batch}.
   *
   * @param name the name, not empty
   */
  record Symbolic(String name) implements Dimension {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A size nothing is known about; see {@link #unknown()}. */
  record Unknown() implements Dimension {
    @Override
    public String toString() {
      return "?";
    }
  }
}
