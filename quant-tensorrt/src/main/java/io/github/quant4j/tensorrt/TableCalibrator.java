/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.table.CalibrationTable;

/** Hands TensorRT the ranges of a table. */
record TableCalibrator(CalibrationTable table) implements EngineCalibrator {

  TableCalibrator {
    requireNonNull(table, "table");
  }
}
