/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

/**
 * The width of the bins, {@code 2^exponent}. Immutable and thread-safe.
 *
 * @param exponent the exponent, from {@link #MIN_EXPONENT} to {@link #MAX_EXPONENT}
 */
record BinWidth(int exponent) {

  /** All float32 values are multiples of {@code 2^-149}; narrower bins would stay empty. */
  static final int MIN_EXPONENT = -149;

  /** With 4,096 bins of this width the largest float32 value, below {@code 2^128}, has a bin. */
  static final int MAX_EXPONENT = 116;

  /** The base-2 logarithm of the number of bins of one sign. */
  static final int BIN_COUNT_LOG = 12;

  /** Checks the exponent. */
  BinWidth {
    if (exponent < MIN_EXPONENT || exponent > MAX_EXPONENT) {
      throw new IllegalArgumentException(
          "exponent is %s, expected %s to %s".formatted(exponent, MIN_EXPONENT, MAX_EXPONENT));
    }
  }

  /**
   * Returns the smallest width with {@code floor(magnitude / width) < 4096}.
   *
   * <p>{@code magnitude < 2^(e + 12)} holds from {@code e = floor(log2(magnitude)) - 11} on. As a
   * double every float32 value but 0 is normal, so its exponent field is that logarithm.
   */
  static BinWidth covering(float magnitude) {
    int exponent = Math.getExponent((double) magnitude) - (BIN_COUNT_LOG - 1);
    return new BinWidth(Math.max(MIN_EXPONENT, exponent));
  }

  /** Returns the width, exact. */
  double value() {
    return Math.scalb(1.0, exponent);
  }

  /** Returns {@code 1 / value()}, exact. */
  double reciprocal() {
    return Math.scalb(1.0, -exponent);
  }

  /**
   * Returns by how many bits the index of a bin of a narrower width shrinks to the one of its
   * values in this width; with {@link #BIN_COUNT_LOG} at the latest all become 0.
   */
  int shiftFrom(BinWidth narrower) {
    return Math.min(BIN_COUNT_LOG, exponent - narrower.exponent);
  }

  /** Returns {@code floor(magnitude / value())}, exact. */
  int bin(float magnitude) {
    return (int) (magnitude * reciprocal());
  }
}
