/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;

/** The range of the values in a histogram, and thresholds cut to it. Thread-safe: no state. */
final class Observed {

  private Observed() {}

  /** Returns the range of all values. */
  static ValueRange range(HistogramSnapshot histogram) {
    if (histogram.isEmpty()) {
      throw new IllegalArgumentException("histogram has no finite value, expected at least one");
    }
    return new ValueRange(histogram.minimum(), histogram.maximum());
  }

  /** Returns the part of two ends that lies in the range of all values. */
  static ValueRange part(HistogramSnapshot histogram, double lowest, double highest) {
    return new ValueRange(clamped(histogram, lowest), clamped(histogram, highest));
  }

  private static float clamped(HistogramSnapshot histogram, double end) {
    return Math.max(histogram.minimum(), Math.min(histogram.maximum(), (float) end));
  }
}
