/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.table.CalibrationTable;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All options of a build. Changed only in {@link #with}, before anybody else sees the copy. */
final class BuildOptions {

  /** The level of TensorRT itself. */
  static final int DEFAULT_OPTIMIZATION_LEVEL = 3;

  @Nullable Precision precision;
  boolean isStronglyTyped;
  @Nullable ShapeProfile profile;
  @Nullable EngineCalibrator calibrator;
  @Nullable CalibrationTable ranges;
  int optimizationLevel = DEFAULT_OPTIMIZATION_LEVEL;

  /** 0 for all memory of the device, as TensorRT does by itself. */
  long workspaceBytes;

  @Nullable Path timingCache;
  boolean isSparse;
  boolean isRefittable;
  boolean isHardwareCompatible;
  boolean isVersionCompatible;
  List<NodePrecision> layerPrecisions = List.of();
  PrecisionConstraint precisionConstraint = PrecisionConstraint.PREFER;

  BuildOptions() {}

  private BuildOptions(BuildOptions other) {
    precision = other.precision;
    isStronglyTyped = other.isStronglyTyped;
    profile = other.profile;
    calibrator = other.calibrator;
    ranges = other.ranges;
    optimizationLevel = other.optimizationLevel;
    workspaceBytes = other.workspaceBytes;
    timingCache = other.timingCache;
    isSparse = other.isSparse;
    isRefittable = other.isRefittable;
    isHardwareCompatible = other.isHardwareCompatible;
    isVersionCompatible = other.isVersionCompatible;
    layerPrecisions = other.layerPrecisions;
    precisionConstraint = other.precisionConstraint;
  }

  /** A changed copy. */
  BuildOptions with(Consumer<BuildOptions> change) {
    BuildOptions copy = new BuildOptions(this);
    change.accept(copy);
    return copy;
  }

  /** What a weakly typed build computes with. */
  Precision precisionOrDefault() {
    Precision chosen = precision;
    return chosen == null ? Precision.FP32 : chosen;
  }

  /** Whether TensorRT is given scales apart from the graph. */
  boolean hasImplicitScales() {
    return calibrator != null || ranges != null;
  }
}
