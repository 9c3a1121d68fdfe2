/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link ConvergenceTracker} knows at one moment. Immutable.
 *
 * @param threshold the threshold it counts growth by
 * @param window the number of batches it looks back
 * @param histories the last ranges of every observed tensor by name
 */
record ConvergenceState(double threshold, int window, SortedMap<String, RangeHistory> histories) {

  ConvergenceState {
    histories = Collections.unmodifiableSortedMap(new TreeMap<>(histories));
  }
}
