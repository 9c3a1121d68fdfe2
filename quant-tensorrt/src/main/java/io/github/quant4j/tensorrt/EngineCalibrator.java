/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.table.CalibrationTable;

/**
 * What TensorRT takes the ranges of a float model from during a build, for INT8 without Q/DQ pairs.
 * TensorRT 11 has none of these; Q/DQ pairs in the model work with every version.
 */
public sealed interface EngineCalibrator
    permits DatasetEntropyCalibrator2,
        DatasetMinMaxCalibrator,
        DatasetEntropyCalibrator,
        TableCalibrator {

  /**
   * Returns a calibrator that hands the ranges of a table to TensorRT as if they were a calibration
   * cache of its own: no sample is run. A range counts with its largest magnitude; tensors that the
   * table does not name stay float.
   *
   * @param table the ranges by the tensor names of the ONNX model, inputs included
   * @return the calibrator
   */
  static EngineCalibrator ofTable(CalibrationTable table) {
    return new TableCalibrator(table);
  }
}
