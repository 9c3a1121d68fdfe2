/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Builds TensorRT engines of an ONNX model. Immutable and thread-safe; every method but {@link
 * #build} returns a changed copy.
 *
 * <p>A model with Q/DQ pairs takes {@link Precision#INT8}, or {@link #stronglyTyped} where the rest
 * of the graph is FP16 already. A float model takes one of the other precisions, or INT8 with a
 * calibrator or with {@link #ranges}.
 *
 * <pre>{@code
 * EnginePlan plan =
 *     EngineBuilder.of(Path.of("model.onnx"))
 *         .precision(Precision.INT8)
 *         .profile(ShapeProfile.parse(List.of("input:1x3x32x32,8x3x32x32,64x3x32x32")))
 *         .timingCache(EngineBuilder.defaultTimingCache())
 *         .build();
 * plan.write(Path.of("model.plan"));
 * }</pre>
 */
public final class EngineBuilder {

  private static final int HIGHEST_LEVEL = 5;

  private final OnnxInput model;
  private final BuildOptions options;

  private EngineBuilder(OnnxInput model, BuildOptions options) {
    this.model = model;
    this.options = options;
  }

  /**
   * Returns a builder for a model in a file.
   *
   * @param onnx the file, with external data beside it; read by {@link #build}
   * @return a builder with default options
   */
  public static EngineBuilder of(Path onnx) {
    return new EngineBuilder(OnnxInput.of(onnx), new BuildOptions());
  }

  /**
   * Returns a builder for a model in memory.
   *
   * @param onnx the bytes of a model with all weights inside; copied
   * @return a builder with default options
   */
  public static EngineBuilder of(byte[] onnx) {
    return new EngineBuilder(OnnxInput.of(onnx), new BuildOptions());
  }

  /**
   * Returns where builds on this machine may share what they measured: a file of the current GPU
   * and this TensorRT in the cache folder of the user.
   *
   * @return the path, which need not exist
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public static Path defaultTimingCache() {
    TensorRt.verifyAvailable();
    return TimingCacheFile.defaultPath(
        TimingCacheFile.cacheFolder(System.getenv(), System.getProperties()),
        CudaCalls.currentDevice().name(),
        TensorRtCalls.version());
  }

  /**
   * Sets what a weakly typed build may compute with. FP32 by default.
   *
   * @param precision the precision
   * @return a changed copy
   */
  public EngineBuilder precision(Precision precision) {
    requireNonNull(precision, "precision");
    return with(options -> options.precision = precision);
  }

  /**
   * Lets the types and Q/DQ pairs of the graph decide what every node computes with. What is
   * float32 in the graph stays so: convert it to FP16 first.
   *
   * @return a changed copy
   */
  public EngineBuilder stronglyTyped() {
    return with(options -> options.isStronglyTyped = true);
  }

  /**
   * Sets the shapes of the inputs with dynamic axes. None by default.
   *
   * @param profile the shapes
   * @return a changed copy
   */
  public EngineBuilder profile(ShapeProfile profile) {
    requireNonNull(profile, "profile");
    return with(options -> options.profile = profile);
  }

  /**
   * Lets TensorRT calibrate a float model while it builds, for {@link Precision#INT8}.
   *
   * @param calibrator where it takes the ranges from
   * @return a changed copy
   */
  public EngineBuilder calibrator(EngineCalibrator calibrator) {
    requireNonNull(calibrator, "calibrator");
    return with(options -> options.calibrator = calibrator);
  }

  /**
   * Sets the ranges of the tensors of a float model, from which TensorRT takes the scales of INT8:
   * the greatest absolute value becomes code 127. Tensors without a range, or with one of zeros,
   * stay float.
   *
   * @param ranges the ranges by tensor name, inputs included
   * @return a changed copy
   */
  public EngineBuilder ranges(CalibrationTable ranges) {
    requireNonNull(ranges, "ranges");
    return with(options -> options.ranges = ranges);
  }

  /**
   * Sets how hard TensorRT searches for the fastest kernels.
   *
   * @param level from 0, a quick build, to 5; 3 by default as in TensorRT
   * @return a changed copy
   * @throws IllegalArgumentException if the level is another
   */
  public EngineBuilder optimizationLevel(int level) {
    if (level < 0 || level > HIGHEST_LEVEL) {
      throw new IllegalArgumentException("level is " + level + ", expected 0 to " + HIGHEST_LEVEL);
    }
    return with(options -> options.optimizationLevel = level);
  }

  /**
   * Limits the memory of the GPU that one layer may use for itself, in the build and in the engine.
   * All memory of the device by default.
   *
   * @param bytes the limit, above 0
   * @return a changed copy
   * @throws IllegalArgumentException if the limit is not above 0
   */
  public EngineBuilder workspace(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ", expected more than 0");
    }
    return with(options -> options.workspaceBytes = bytes);
  }

  /**
   * Keeps what the build measures in a file, and takes from it what earlier builds measured: a
   * second build of a model takes seconds instead of a minute. A file that is of another GPU or
   * TensorRT, or broken, is replaced with a warning; one that cannot be written costs a warning
   * too. None by default.
   *
   * @param file the file, its folder being made if there is none
   * @return a changed copy
   * @see #defaultTimingCache
   */
  public EngineBuilder timingCache(Path file) {
    requireNonNull(file, "file");
    return with(options -> options.timingCache = file);
  }

  /**
   * Sets whether weights that have two zeros among every four values are computed with kernels for
   * that. Off by default.
   *
   * @param allowed whether to
   * @return a changed copy
   */
  public EngineBuilder sparsity(boolean allowed) {
    return with(options -> options.isSparse = allowed);
  }

  /**
   * Sets whether the weights of the engine can be exchanged later, at some cost of speed. Off by
   * default.
   *
   * @param wanted whether they can
   * @return a changed copy
   */
  public EngineBuilder refit(boolean wanted) {
    return with(options -> options.isRefittable = wanted);
  }

  /**
   * Sets whether the engine runs on every GPU from Ampere on, at some cost of speed. Off by
   * default: it then runs on GPUs as the one it was built on.
   *
   * @param wanted whether it does
   * @return a changed copy
   */
  public EngineBuilder hardwareCompatibility(boolean wanted) {
    return with(options -> options.isHardwareCompatible = wanted);
  }

  /**
   * Sets whether later versions of TensorRT 10 can load the plan. It then holds code of the host,
   * and only {@link EnginePlan#load} and {@link Engine#loadTrusted} take it. Off by default.
   *
   * @param wanted whether they can
   * @return a changed copy
   */
  public EngineBuilder versionCompatibility(boolean wanted) {
    return with(options -> options.isVersionCompatible = wanted);
  }

  /**
   * Sets the precision of single nodes.
   *
   * @param precisions one for every node that is not left to TensorRT; replaces those given before
   * @return a changed copy
   */
  public EngineBuilder layerPrecision(NodePrecision... precisions) {
    List<NodePrecision> copy = List.of(precisions);
    return with(options -> options.layerPrecisions = copy);
  }

  /**
   * Sets how strictly {@link #layerPrecision} is meant.
   *
   * @param constraint {@link PrecisionConstraint#PREFER} by default
   * @return a changed copy
   */
  public EngineBuilder precisionConstraint(PrecisionConstraint constraint) {
    requireNonNull(constraint, "constraint");
    return with(options -> options.precisionConstraint = constraint);
  }

  /**
   * Builds an engine on the current GPU. Takes seconds to minutes, and all of the GPU: what else
   * runs there disturbs what TensorRT measures.
   *
   * @return the plan
   * @throws IOException if the model or the cache of the calibrator cannot be read
   * @throws EngineBuildException if the options do not fit each other or the model, or TensorRT
   *     cannot parse or build it
   * @throws EngineCalibrationException if the samples fail or do not fit, or the cache is another's
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public EnginePlan build() throws IOException {
    BuildRules.verify(options);
    byte[] bytes = model.read();
    TensorRt.verifyAvailable();
    return new EngineBuild(model, options).run(bytes);
  }

  private EngineBuilder with(Consumer<BuildOptions> change) {
    return new EngineBuilder(model, options.with(change));
  }
}
