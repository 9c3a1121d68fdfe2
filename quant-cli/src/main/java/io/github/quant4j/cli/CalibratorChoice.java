/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.tensorrt.DatasetEntropyCalibrator;
import io.github.quant4j.tensorrt.DatasetEntropyCalibrator2;
import io.github.quant4j.tensorrt.DatasetMinMaxCalibrator;
import io.github.quant4j.tensorrt.EngineCalibrator;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How TensorRT itself chooses ranges from samples. */
enum CalibratorChoice {
  /** By entropy, before layers are fused. */
  ENTROPY2 {
    @Override
    EngineCalibrator of(CalibrationSource source, @Nullable Path cache) {
      return cache == null
          ? DatasetEntropyCalibrator2.of(source)
          : DatasetEntropyCalibrator2.of(source, cache);
    }
  },
  /** By the smallest and largest value. */
  MINMAX {
    @Override
    EngineCalibrator of(CalibrationSource source, @Nullable Path cache) {
      return cache == null
          ? DatasetMinMaxCalibrator.of(source)
          : DatasetMinMaxCalibrator.of(source, cache);
    }
  },
  /** By entropy, after layers are fused. */
  ENTROPY {
    @Override
    EngineCalibrator of(CalibrationSource source, @Nullable Path cache) {
      return cache == null
          ? DatasetEntropyCalibrator.of(source)
          : DatasetEntropyCalibrator.of(source, cache);
    }
  };

  /** Returns the calibrator, which keeps what it finds in the cache where there is one. */
  abstract EngineCalibrator of(CalibrationSource source, @Nullable Path cache);
}
