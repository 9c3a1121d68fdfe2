/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.table.CalibrationTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All options of a build. Changed only in {@link #with}, before anybody else sees the copy. */
final class BuildOptions {

  /** The level of TensorRT itself. */
  static final int DEFAULT_OPTIMIZATION_LEVEL = 3;

  private static final double FP32_SQNR = 40;
  private static final double SHORT_FLOAT_SQNR = 20;
  private static final double EXPLICIT_INT8_SQNR = 10;
  private static final double IMPLICIT_INT8_SQNR = 5;

  @Nullable Precision precision;
  boolean isStronglyTyped;
  List<ShapeProfile> profiles = List.of();
  @Nullable EngineCalibrator calibrator;
  @Nullable CalibrationTable ranges;
  int optimizationLevel = DEFAULT_OPTIMIZATION_LEVEL;
  int timingIterations = 1;

  /**
   * Bytes; where a pool is missing, TensorRT chooses: of the workspace all memory of the device.
   */
  Map<MemoryPool, Long> memoryPools = Map.of();

  /** Null for the default one, unless {@link #hasTimingCache} says that there is none. */
  @Nullable Path timingCache;

  boolean hasTimingCache = true;
  boolean hasLayerDetails = true;
  boolean isSparse;
  boolean isRefittable;
  boolean isHardwareCompatible;
  boolean isVersionCompatible;
  List<NodePrecision> layerPrecisions = List.of();
  PrecisionConstraint precisionConstraint = PrecisionConstraint.PREFER;
  @Nullable AnswerCheck check;

  BuildOptions() {}

  private BuildOptions(BuildOptions other) {
    precision = other.precision;
    isStronglyTyped = other.isStronglyTyped;
    profiles = other.profiles;
    calibrator = other.calibrator;
    ranges = other.ranges;
    optimizationLevel = other.optimizationLevel;
    timingIterations = other.timingIterations;
    memoryPools = other.memoryPools;
    timingCache = other.timingCache;
    hasTimingCache = other.hasTimingCache;
    hasLayerDetails = other.hasLayerDetails;
    isSparse = other.isSparse;
    isRefittable = other.isRefittable;
    isHardwareCompatible = other.isHardwareCompatible;
    isVersionCompatible = other.isVersionCompatible;
    layerPrecisions = other.layerPrecisions;
    precisionConstraint = other.precisionConstraint;
    check = other.check;
  }

  /** A changed copy. */
  BuildOptions with(Consumer<BuildOptions> change) {
    BuildOptions copy = new BuildOptions(this);
    change.accept(copy);
    return copy;
  }

  /** Sets the limit of one pool; only within {@link #with}. */
  void limit(MemoryPool pool, long bytes) {
    Map<MemoryPool, Long> changed = new TreeMap<>(memoryPools);
    changed.put(pool, bytes);
    memoryPools = changed;
  }

  /** What a weakly typed build computes with. */
  Precision precisionOrDefault() {
    Precision chosen = precision;
    return chosen == null ? Precision.FP32 : chosen;
  }

  /**
   * How close the answers have to be to those of a reference, in decibels: below what was seen of
   * sound engines, and far above the 0 of unrelated answers.
   */
  double minimumSqnr(boolean isQuantized) {
    if (hasImplicitScales()) {
      return IMPLICIT_INT8_SQNR;
    }
    if (isQuantized) {
      return EXPLICIT_INT8_SQNR;
    }
    boolean isExact =
        !isStronglyTyped
            && precisionOrDefault() == Precision.FP32
            && layerPrecisions.stream().allMatch(wish -> wish.precision() == Precision.FP32);
    return isExact ? FP32_SQNR : SHORT_FLOAT_SQNR;
  }

  /** Whether TensorRT is given scales apart from the graph. */
  boolean hasImplicitScales() {
    return calibrator != null || ranges != null;
  }
}
