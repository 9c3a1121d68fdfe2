/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.table.CalibrationTable;

/**
 * What a calibration run found, and whether it saw enough. Immutable and thread-safe.
 *
 * @param table the statistics of the observed tensors
 * @param report how the run went
 */
public record CalibrationResult(CalibrationTable table, CalibrationReport report) {

  /**
   * Checks that both are there.
   *
   * @param table the statistics of the observed tensors
   * @param report how the run went
   */
  public CalibrationResult {
    requireNonNull(table, "table");
    requireNonNull(report, "report");
  }
}
