/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.HardwareCompatibilityLevel;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvinfer.ProfilingVerbosity;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;

/** Translates options for TensorRT. */
final class BuildConfiguration {

  private final BuildOptions options;
  private final BuildLog log;

  BuildConfiguration(BuildOptions options, BuildLog log) {
    this.options = options;
    this.log = log;
  }

  /** Sets all but the timing cache. */
  void apply(IBuilder builder, IBuilderConfig config, NativeNetwork network) {
    config.setProfilingVerbosity(
        options.hasLayerDetails ? ProfilingVerbosity.kDETAILED : ProfilingVerbosity.kNONE);
    config.setBuilderOptimizationLevel(options.optimizationLevel);
    config.setAvgTimingIterations(options.timingIterations);
    options.memoryPools.forEach((pool, bytes) -> config.setMemoryPoolLimit(poolType(pool), bytes));
    setFlag(config, options.isSparse, BuilderFlag.kSPARSE_WEIGHTS);
    setFlag(config, options.isRefittable, BuilderFlag.kREFIT);
    setFlag(config, options.isVersionCompatible, BuilderFlag.kVERSION_COMPATIBLE);
    if (options.isHardwareCompatible) {
      config.setHardwareCompatibilityLevel(HardwareCompatibilityLevel.kAMPERE_PLUS);
    }
    options.profiles.forEach(shapes -> addProfile(shapes, builder, config));
    if (!options.isStronglyTyped) {
      new WeakTyping(options).apply(config, network);
    }
  }

  private static MemoryPoolType poolType(MemoryPool pool) {
    return switch (pool) {
      case WORKSPACE -> MemoryPoolType.kWORKSPACE;
      case TACTIC_SHARED_MEMORY -> MemoryPoolType.kTACTIC_SHARED_MEMORY;
      case TACTIC_DRAM -> MemoryPoolType.kTACTIC_DRAM;
    };
  }

  private void addProfile(ShapeProfile shapes, IBuilder builder, IBuilderConfig config) {
    IOptimizationProfile profile = builder.createOptimizationProfile();
    shapes.ranges().forEach((input, range) -> setRange(profile, input, range));
    if (config.addOptimizationProfile(profile) < 0) {
      throw EngineBuildException.building("profile " + shapes, log.errors());
    }
  }

  private void setRange(IOptimizationProfile profile, String input, ShapeRange range) {
    try (Dims64 min = NativeDimensions.allocate(range.min().toArray());
        Dims64 opt = NativeDimensions.allocate(range.opt().toArray());
        Dims64 max = NativeDimensions.allocate(range.max().toArray())) {
      boolean isTaken =
          profile.setDimensions(input, OptProfileSelector.kMIN, min)
              && profile.setDimensions(input, OptProfileSelector.kOPT, opt)
              && profile.setDimensions(input, OptProfileSelector.kMAX, max);
      if (!isTaken) {
        throw EngineBuildException.refusal(
            "profile %s of input '%s' is refused by TensorRT".formatted(range, input));
      }
    }
  }

  private static void setFlag(IBuilderConfig config, boolean isWanted, BuilderFlag flag) {
    if (isWanted) {
      config.setFlag(flag);
    }
  }
}
