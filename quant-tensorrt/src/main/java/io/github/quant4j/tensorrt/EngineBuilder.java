/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * <p>Give a {@link #check} unless something else compares the engine with the model it was built
 * of: TensorRT was seen to build engines that answer at chance. The engine builds of quant-ptq give
 * one by themselves.
 *
 * <pre>{@code
 * EnginePlan plan =
 *     EngineBuilder.of(Path.of("../data/models/resnet20_fp32.onnx"))
 *         .precision(Precision.FP16)
 *         .profile(ShapeProfile.parse(List.of("input:1x1x32x32,8x1x32x32,100x1x32x32")))
 *         .check(AnswerCheck.against(reference, samples))
 *         .build();
 * plan.write(folder.resolve("resnet20.plan"));
 * }</pre>
 */
public final class EngineBuilder {

  /**
   * The system property that names the folder of {@link #defaultTimingCache}: {@value}. Without it
   * that is {@code quant4j} in the cache folder of the user.
   */
  public static final String CACHE_FOLDER_PROPERTY = "quant4j.cache.folder";

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
   * Returns where builds on this machine share what they measured: a file of the current GPU and
   * this TensorRT in the folder that {@link #CACHE_FOLDER_PROPERTY} names.
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
   * Sets the shapes of the inputs with dynamic axes. None by default. With several profiles
   * TensorRT chooses kernels for each; a session runs with one of them.
   *
   * @param first the shapes of profile 0, with which TensorRT calibrates too
   * @param more those of the profiles 1, 2 and so on, each with all inputs
   * @return a changed copy; replaces the profiles given before
   */
  public EngineBuilder profile(ShapeProfile first, ShapeProfile... more) {
    List<ShapeProfile> profiles = new ArrayList<>();
    profiles.add(requireNonNull(first, "first"));
    profiles.addAll(List.of(more));
    return with(options -> options.profiles = List.copyOf(profiles));
  }

  /**
   * Returns the profiles given so far.
   *
   * @return an unmodifiable list in the order of their numbers
   */
  public List<ShapeProfile> profiles() {
    return options.profiles;
  }

  /**
   * Compares the answers of the engine with those of a reference, before {@link #build} hands it
   * out. The samples run with every profile that takes their shapes. None by default: then nothing
   * tells whether the engine answers right.
   *
   * @param check the reference and the samples
   * @return a changed copy
   */
  public EngineBuilder check(AnswerCheck check) {
    requireNonNull(check, "check");
    return with(options -> options.check = check);
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
   * Sets how often every kernel that TensorRT tries is timed. More make the choice among kernels of
   * nearly the same speed, and so the speed of the engine, less a matter of chance, and the build
   * longer. What a timing cache holds already is not timed again.
   *
   * @param count the number, 1 by default as in TensorRT; trtexec takes 8
   * @return a changed copy
   * @throws IllegalArgumentException if it is below 1
   */
  public EngineBuilder timingIterations(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count is " + count + ", expected 1 or more");
    }
    return with(options -> options.timingIterations = count);
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
    return memoryPool(MemoryPool.WORKSPACE, bytes);
  }

  /**
   * Limits memory of the GPU. By default as TensorRT does by itself.
   *
   * @param pool which memory
   * @param bytes the limit, above 0
   * @return a changed copy
   * @throws IllegalArgumentException if the limit is not above 0
   */
  public EngineBuilder memoryPool(MemoryPool pool, long bytes) {
    requireNonNull(pool, "pool");
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ", expected more than 0");
    }
    return with(options -> options.limit(pool, bytes));
  }

  /**
   * Keeps what the build measures in a file, and takes from it what earlier builds measured: a
   * second build of a model takes seconds instead of a minute. A file that is of another GPU or
   * TensorRT, or broken, is replaced with a warning; one that cannot be written costs a warning
   * too. {@link #defaultTimingCache} by default. Builds of several processes may share a file; a
   * file of the same name with {@code .lock} behind it lies beside.
   *
   * @param file the file, its folder being made if there is none
   * @return a changed copy
   * @see #defaultTimingCache
   */
  public EngineBuilder timingCache(Path file) {
    requireNonNull(file, "file");
    return with(
        options -> {
          options.timingCache = file;
          options.hasTimingCache = true;
        });
  }

  /**
   * Lets the build measure everything anew and keep nothing of it.
   *
   * @return a changed copy
   */
  public EngineBuilder withoutTimingCache() {
    return with(
        options -> {
          options.timingCache = null;
          options.hasTimingCache = false;
        });
  }

  /**
   * Sets whether the engine can tell how it computes each layer, see {@link Engine#inspection}. On
   * by default: it costs some kilobytes of the plan and no time.
   *
   * @param wanted whether it can; if not, the plan names no layers either
   * @return a changed copy
   */
  public EngineBuilder layerDetails(boolean wanted) {
    return with(options -> options.hasLayerDetails = wanted);
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
   * @throws MissingCapabilityException if this TensorRT or this GPU lacks what an option needs
   * @throws EngineMismatchException if the engine fails the check
   * @throws EngineCalibrationException if the samples fail or do not fit, or the cache is another's
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public EnginePlan build() throws IOException {
    BuildRules.verify(options);
    byte[] bytes = model.read();
    TensorRt.verifyAvailable();
    new CapabilityRules(TensorRtCalls.version(), CudaCalls.currentDevice()).verify(options);
    return new EngineBuild(model, options).run(bytes);
  }

  /** The options; not to be changed. */
  BuildOptions options() {
    return options;
  }

  /**
   * Returns the options in words, as {@link EnginePlan#options} does.
   *
   * @return the precision and the options that are not the default ones, one line
   */
  @Override
  public String toString() {
    return OptionsText.of(options);
  }

  private EngineBuilder with(Consumer<BuildOptions> change) {
    return new EngineBuilder(model, options.with(change));
  }
}
