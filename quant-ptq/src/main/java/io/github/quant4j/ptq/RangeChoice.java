/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.table.CalibrationTable;
import java.util.Optional;

/**
 * How ranges of activations are chosen from what was observed.
 *
 * @param name the name of the method, for the provenance of the table
 * @param selector the method, empty for the extremes, which need no histogram
 */
record RangeChoice(String name, Optional<RangeSelector> selector) {
  static final RangeChoice EXTREMES = new RangeChoice("minmax", Optional.empty());

  boolean needsHistograms() {
    return selector.isPresent();
  }

  /** Returns a table with the ranges of this method. */
  CalibrationTable applyTo(CalibrationTable observed) {
    return selector.map(method -> observed.withRanges(name, method)).orElse(observed);
  }
}
