/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One element of a small tensor that shapes are computed from: numerator / denominator, exactly.
 *
 * <p>Integers have denominator 1. A float32 is the dyadic fraction it stands for; the result of
 * float arithmetic is known only where no rounding can have taken place.
 *
 * @param numerator the numerator, or unknown
 * @param denominator a power of two, at least 1
 */
record Element(Size numerator, long denominator) {
  static final Element UNKNOWN = of(Size.UNKNOWN);
  private static final long LARGEST_DENOMINATOR = 1L << 40;
  private static final long LARGEST_EXACT_FLOAT = 1L << 24;
  private static final long LARGEST_EXACT_FACTOR = 1L << 6;

  static Element of(Size integer) {
    return new Element(integer, 1);
  }

  static Element of(long integer) {
    return of(Size.of(integer));
  }

  static Element of(float number) {
    double scaled = number;
    for (long denominator = 1; denominator <= LARGEST_DENOMINATOR; denominator *= 2) {
      if (scaled == Math.rint(scaled) && Math.abs(scaled) < Long.MAX_VALUE) {
        return new Element(Size.of((long) scaled), denominator);
      }
      scaled *= 2;
    }
    return UNKNOWN;
  }

  /** Returns the element as an integer, empty where it is none or not known. */
  Optional<Size> integer() {
    return denominator == 1 && !numerator.isUnknown() ? Optional.of(numerator) : Optional.empty();
  }

  OptionalLong fixed() {
    return denominator == 1 ? numerator.fixed() : OptionalLong.empty();
  }

  Element floor() {
    return of(numerator.floorDivide(denominator));
  }

  Element plus(Element other) {
    long common = Math.max(denominator, other.denominator);
    Size left = numerator.times(Size.of(common / denominator));
    Size right = other.numerator.times(Size.of(common / other.denominator));
    return new Element(left.plus(right), common).reduced();
  }

  Element negated() {
    return new Element(numerator.times(Size.of(-1)), denominator);
  }

  Element times(Element other) {
    if (denominator > LARGEST_DENOMINATOR / other.denominator) {
      return UNKNOWN;
    }
    Size product = numerator.times(other.numerator);
    return new Element(product, denominator * other.denominator).reduced();
  }

  /** Divides floats; known where the divisor is a power of two or goes in without rest. */
  Element divide(Element divisor) {
    OptionalLong by = divisor.numerator.fixed();
    if (by.isEmpty() || by.getAsLong() <= 0) {
      return UNKNOWN;
    }
    Size scaled = numerator.times(Size.of(divisor.denominator));
    Size exact = scaled.divideExactly(Size.of(by.getAsLong()));
    if (!exact.isUnknown()) {
      return new Element(exact, denominator).reduced();
    }
    boolean isPowerOfTwo = Long.bitCount(by.getAsLong()) == 1;
    return isPowerOfTwo && by.getAsLong() <= LARGEST_DENOMINATOR / denominator
        ? new Element(scaled, denominator * by.getAsLong()).reduced()
        : UNKNOWN;
  }

  /** Divides integers, which rounds towards zero. */
  Element divideIntegers(Element divisor) {
    OptionalLong by = divisor.fixed();
    OptionalLong number = fixed();
    if (by.isEmpty() || by.getAsLong() <= 0) {
      return UNKNOWN;
    }
    if (number.isPresent()) {
      return of(number.getAsLong() / by.getAsLong());
    }
    return numerator.isNonNegative() ? of(numerator.floorDivide(by.getAsLong())) : UNKNOWN;
  }

  /** Returns this where float32 arithmetic gives it without rounding, else unknown. */
  Element asExactFloat() {
    boolean isExact = numerator.fixed().isPresent() ? isWithin(LARGEST_EXACT_FLOAT) : isSmall();
    return isExact ? this : UNKNOWN;
  }

  /** Tells whether a float32 product of this and any size a tensor may have is exact. */
  boolean isSmall() {
    return isWithin(LARGEST_EXACT_FACTOR);
  }

  private boolean isWithin(long largest) {
    return denominator <= largest
        && numerator.terms().stream().allMatch(term -> Math.abs(term.coefficient()) <= largest);
  }

  private Element reduced() {
    Size size = numerator;
    long rest = denominator;
    while (rest > 1 && size.terms().stream().allMatch(term -> term.coefficient() % 2 == 0)) {
      size = size.divideExactly(Size.of(2));
      rest /= 2;
    }
    return size.isUnknown() ? UNKNOWN : new Element(size, rest);
  }
}
