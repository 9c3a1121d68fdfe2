/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.table.CalibrationTable;
import java.util.Optional;
import java.util.SortedSet;

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

  /**
   * Returns a table with the ranges of this method, the table itself where there is no selector.
   *
   * @throws CalibrationException if a tensor has no histogram to choose from
   */
  CalibrationTable applyTo(CalibrationTable table) {
    if (selector.isEmpty()) {
      return table;
    }
    SortedSet<String> blind = table.tensorsWithoutHistogram();
    if (!blind.isEmpty()) {
      throw new CalibrationException(
          "ranges cannot be chosen by %s: the calibration table has no histogram of %s of %s tensors, first \"%s\"; use its ranges as they are, or calibrate again with histograms"
              .formatted(name, blind.size(), table.tensors().size(), blind.first()));
    }
    return table.withRanges(name, selector.get());
  }
}
