/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.table.CalibrationTable;
import java.util.Optional;

/**
 * A calibration table that the user hands in, so that no samples are needed for ranges.
 *
 * @param table the table
 */
record GivenTable(CalibrationTable table) {
  /**
   * Returns the table with the ranges to use, once it is sure that it is one of the model.
   *
   * @param modelDigest the digest of the model
   * @param ranges how to choose; what the table has chosen stands where nothing was asked for
   * @throws CalibrationException if the table is of another model, or keeps nothing to choose from
   */
  CalibrationTable chosen(String modelDigest, RangeChoice ranges) {
    Optional<String> stated = table.provenance().modelDigest();
    if (stated.isPresent() && !stated.get().equals(modelDigest)) {
      throw new CalibrationException(
          "the calibration table is of another model, found digest %s, expected %s; calibrate this model, or pass the model the table was made from"
              .formatted(stated.get(), modelDigest));
    }
    return ranges.applyTo(table);
  }
}
