/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a calibrator is made of.
 *
 * @param algorithm which of TensorRT's calibrators
 * @param source the samples; null where there is a table
 * @param cache where TensorRT's result is kept; null for nowhere
 * @param table the ranges that stand in for TensorRT's; null where there is a source
 */
record CalibrationRecipe(
    CalibrationAlgorithm algorithm,
    @Nullable CalibrationSource source,
    @Nullable Path cache,
    @Nullable CalibrationTable table) {

  static CalibrationRecipe of(CalibrationAlgorithm algorithm, CalibrationSource source) {
    return new CalibrationRecipe(algorithm, requireNonNull(source, "source"), null, null);
  }

  /** The recipe of a calibrator. */
  static CalibrationRecipe of(EngineCalibrator calibrator) {
    if (calibrator instanceof DatasetEntropyCalibrator2 entropy2) {
      return entropy2.recipe();
    }
    if (calibrator instanceof DatasetMinMaxCalibrator minMax) {
      return minMax.recipe();
    }
    if (calibrator instanceof DatasetEntropyCalibrator entropy) {
      return entropy.recipe();
    }
    if (calibrator instanceof TableCalibrator ranges) {
      return new CalibrationRecipe(CalibrationAlgorithm.MIN_MAX, null, null, ranges.table());
    }
    throw new AssertionError(calibrator);
  }

  CalibrationRecipe withCache(Path file) {
    return new CalibrationRecipe(algorithm, source, requireNonNull(file, "cache"), table);
  }
}
