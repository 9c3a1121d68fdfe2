/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.observer.ValueRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The range of one tensor after each of the last batches. Immutable.
 *
 * @param ranges the ranges after the last {@code window + 1} batches, the newest at the end; fewer
 *     where there were fewer since the first value was seen, none before
 * @param lastGrowth the last batch, from 1, that alone raised the largest magnitude by more than
 *     the threshold; 0 before the first value
 */
record RangeHistory(List<ValueRange> ranges, long lastGrowth) {

  static final RangeHistory NONE = new RangeHistory(List.of(), 0);

  RangeHistory {
    ranges = List.copyOf(ranges);
  }

  /** Returns the history with the range after one more batch; a tensor without value adds none. */
  RangeHistory and(Optional<ValueRange> range, long batch, Convergence criterion) {
    if (range.isEmpty()) {
      return this;
    }
    ValueRange now = range.get();
    boolean grew =
        ranges.isEmpty() || movement(ranges.get(ranges.size() - 1), now) > criterion.threshold();
    int dropped = ranges.size() > criterion.window() ? 1 : 0;
    List<ValueRange> next = new ArrayList<>(ranges.subList(dropped, ranges.size()));
    next.add(now);
    return new RangeHistory(next, grew ? batch : lastGrowth);
  }

  /** Returns the range after the last batch, empty before the first value. */
  Optional<ValueRange> now() {
    return ranges.isEmpty() ? Optional.empty() : Optional.of(ranges.get(ranges.size() - 1));
  }

  /** Returns the range a window of batches ago, empty where no value was seen by then. */
  Optional<ValueRange> then(int window) {
    return ranges.size() > window ? Optional.of(ranges.get(0)) : Optional.empty();
  }

  /**
   * Returns the growth of the largest magnitude as a share of the later one; exact to a few ulp.
   */
  static double movement(ValueRange then, ValueRange now) {
    double magnitude = now.absoluteMaximum();
    return magnitude == 0 ? 0 : (magnitude - then.absoluteMaximum()) / magnitude;
  }
}
