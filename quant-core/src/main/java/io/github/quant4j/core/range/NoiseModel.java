/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;

/**
 * The expected noise of quantizing the values of one histogram; see {@link NoiseEstimate} for the
 * formula. Used by one thread.
 */
final class NoiseModel {

  private final SideMoments[] sides;
  private final double count;

  NoiseModel(HistogramSnapshot histogram) {
    double width = histogram.binWidth();
    long[] positive = histogram.positive();
    long[] negative = histogram.negative();
    this.count = histogram.count();
    this.sides = new SideMoments[2];
    sides[0] = new SideMoments(atLeastOne(negative), width, -Math.min(0.0, histogram.minimum()));
    sides[1] = new SideMoments(atLeastOne(positive), width, Math.max(0.0, histogram.maximum()));
  }

  /** Returns the noise of codes for the multiples of a step from one number to another. */
  QuantizationNoise noise(double lowest, double highest, double step) {
    double signal = sides[0].squares() + sides[1].squares();
    return new QuantizationNoise(
        clipping(lowest, highest) / count, rounding(lowest, highest, step) / count, signal / count);
  }

  /** Returns the sum of squared errors of the values outside; it grows as the ends move inwards. */
  double clipping(double lowest, double highest) {
    return sides[0].excessAbove(-lowest) + sides[1].excessAbove(highest);
  }

  /** Returns the sum of squared errors of the values inside. */
  double rounding(double lowest, double highest, double step) {
    return rounding(sides[0], -lowest, step) + rounding(sides[1], highest, step);
  }

  private static double rounding(SideMoments side, double largest, double step) {
    double dead = Math.min(step / 2, largest);
    double live = side.countAbove(dead) - side.countAbove(largest);
    return side.squaresUpTo(dead) + Math.max(0, live) * step * step / 12;
  }

  private static long[] atLeastOne(long[] counts) {
    return counts.length == 0 ? new long[1] : counts;
  }
}
