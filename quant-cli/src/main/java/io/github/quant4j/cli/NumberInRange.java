/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a decimal number between two bounds, which it may equal. */
abstract sealed class NumberInRange implements ITypeConverter<Double> {
  private final double smallest;
  private final double largest;
  private final String expected;

  private NumberInRange(double smallest, double largest, String expected) {
    this.smallest = smallest;
    this.largest = largest;
    this.expected = expected;
  }

  @Override
  public final Double convert(String text) {
    try {
      double number = Double.parseDouble(text);
      if (number >= smallest && number <= largest) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below says it better.
    }
    throw new TypeConversionException("expected " + expected + ", found '" + text + "'");
  }

  /** Reads a ratio in decibels that is not below 1. */
  static final class OfDecibels extends NumberInRange {
    OfDecibels() {
      super(0, Double.MAX_VALUE, "a number of decibels such as 24, or 0 to measure nothing");
    }
  }

  /** Reads a part of a whole. */
  static final class OfShare extends NumberInRange {
    OfShare() {
      super(0, 1, "a number from 0 to 1 such as 0.8");
    }
  }

  /** Reads a part of a whole in percent, not none of it. */
  static final class OfPercentage extends NumberInRange {
    OfPercentage() {
      super(Double.MIN_VALUE, 100, "a percentage above 0 up to 100 such as 99.99");
    }
  }

  /** Reads a time of at most an hour. */
  static final class OfSeconds extends NumberInRange {
    OfSeconds() {
      super(0, 3600, "a number of seconds from 0 to 3600 such as 1.5");
    }
  }
}
