/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ranges computed in double the plain way, which the observers have to meet. */
record NaiveRange(double minimum, double maximum) {

  /** Returns the range of the finite values of all arrays. */
  static Optional<NaiveRange> of(List<float[]> arrays) {
    NaiveRange range = null;
    for (float[] values : arrays) {
      for (double value : values) {
        if (Double.isFinite(value)) {
          range =
              range == null
                  ? new NaiveRange(value, value)
                  : new NaiveRange(Math.min(range.minimum, value), Math.max(range.maximum, value));
        }
      }
    }
    return Optional.ofNullable(range);
  }

  /** Returns the moving average of the ranges of the arrays. */
  static Optional<NaiveRange> movingAverage(List<float[]> arrays, double constant) {
    List<NaiveRange> ranges = new ArrayList<>();
    for (float[] values : arrays) {
      of(List.of(values)).ifPresent(ranges::add);
    }
    return ranges.stream()
        .reduce(
            (average, next) ->
                new NaiveRange(
                    average.minimum + constant * (next.minimum - average.minimum),
                    average.maximum + constant * (next.maximum - average.maximum)));
  }
}
