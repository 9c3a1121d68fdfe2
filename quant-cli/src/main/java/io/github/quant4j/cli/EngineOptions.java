/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QuantizationManifest;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.Precision;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options that say what TensorRT makes of a model. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EngineOptions {
  private static final String PRECISION = "--precision";
  private static final String STRONGLY_TYPED = "--strongly-typed";
  private static final String NO_TIMING_CACHE = "--no-timing-cache";

  @Option(
      names = PRECISION,
      paramLabel = "PRECISION",
      converter = ChoiceConverter.OfPrecision.class,
      description =
          "What the engine may compute with: fp32, tf32, fp16, bf16 or int8, which allows fp16"
              + " too; unless given int8 for a model with Q/DQ pairs or with ranges, fp16 for"
              + " others.")
  private @Nullable Precision precision;

  @Option(
      names = STRONGLY_TYPED,
      description =
          "Compute with the types of the graph and nothing else; the default of a model that was"
              + " quantized with --build-mode strong.")
  private boolean isStronglyTyped;

  @Option(
      names = "--level",
      paramLabel = "N",
      converter = LevelConverter.class,
      description = "How hard to search for fast kernels, from 0 to 5; 3 unless given.")
  private @Nullable Integer level;

  @Option(
      names = "--workspace",
      paramLabel = "MIB",
      converter = PositiveNumber.class,
      description = "Limit the GPU memory of a layer to so many MiB; none unless given.")
  private @Nullable Integer workspace;

  @Mixin private KernelTimingOptions timing;

  @Option(names = NO_TIMING_CACHE, description = "Measure everything, and keep nothing of it.")
  private boolean hasNoTimingCache;

  @Option(names = "--sparsity", description = "Use kernels for weights of which half are zeros.")
  private boolean isSparse;

  @Option(names = "--refit", description = "Make an engine whose weights can be exchanged.")
  private boolean isRefittable;

  @Option(
      names = "--hardware-compatible",
      description = "Make an engine for every GPU from Ampere on, at some cost of speed.")
  private boolean isHardwareCompatible;

  @Option(
      names = "--version-compatible",
      description = "Make an engine that later versions of TensorRT 10 load too.")
  private boolean isVersionCompatible;

  /** Makes sure that the options go together. */
  void requireConsistent(CommandSpec command, boolean hasRanges) {
    refuse(
        command,
        isStronglyTyped && precision != null,
        STRONGLY_TYPED + " computes with the types of the graph; remove " + PRECISION);
    refuse(
        command,
        isStronglyTyped && hasRanges,
        STRONGLY_TYPED + " takes no ranges; remove --calibrator or --table, or quantize the model");
    refuse(
        command,
        hasRanges && precision != null && precision != Precision.INT8,
        "ranges are for " + PRECISION + " int8, found " + PRECISION + " " + word());
    refuse(
        command,
        timing.file().isPresent() && hasNoTimingCache,
        KernelTimingOptions.TIMING_CACHE
            + " and "
            + NO_TIMING_CACHE
            + " exclude one another; remove one");
  }

  /** Makes sure that the options go with a model, as far as that is known without TensorRT. */
  void requireFor(CommandSpec command, OnnxModel model, boolean hasRanges) {
    boolean isQuantized = isQuantized(model);
    refuse(
        command,
        isQuantized && hasRanges,
        "the model has Q/DQ pairs, so TensorRT would ignore other ranges; remove --calibrator or"
            + " --table, or give the float model");
    refuse(
        command,
        precision == Precision.INT8 && !isQuantized && !hasRanges,
        PRECISION
            + " int8 of a float model needs ranges; give --calibrator with --data, or --table, or"
            + " quantize the model with \"quant quantize\"");
    refuse(
        command,
        isQuantized && precision != null && precision != Precision.INT8,
        "the model has Q/DQ pairs, found "
            + PRECISION
            + " "
            + word()
            + "; expected int8 or "
            + STRONGLY_TYPED);
  }

  /** Returns a builder with these options. */
  EngineBuilder applyTo(EngineBuilder builder, OnnxModel model, boolean hasRanges) {
    EngineBuilder changed = typed(builder, model, hasRanges);
    changed =
        changed
            .sparsity(isSparse)
            .refit(isRefittable)
            .hardwareCompatibility(isHardwareCompatible)
            .versionCompatibility(isVersionCompatible);
    if (level != null) {
      changed = changed.optimizationLevel(level);
    }
    if (workspace != null) {
      changed = changed.workspace((long) workspace << 20);
    }
    changed = timing.applyTo(changed);
    return hasNoTimingCache ? changed.withoutTimingCache() : changed;
  }

  /** Returns the files that are kept. */
  List<Path> files() {
    return timing.file().stream().toList();
  }

  /** Tells whether a model has scales of its own. */
  static boolean isQuantized(OnnxModel model) {
    return model.graph().nodes().stream().anyMatch(node -> node.is("DequantizeLinear"));
  }

  private EngineBuilder typed(EngineBuilder builder, OnnxModel model, boolean hasRanges) {
    if (isStronglyTyped) {
      return builder.stronglyTyped();
    }
    if (precision != null) {
      return builder.precision(precision);
    }
    if (!hasRanges && isMadeForStrongTyping(model)) {
      return builder.stronglyTyped();
    }
    return builder.precision(hasRanges || isQuantized(model) ? Precision.INT8 : Precision.FP16);
  }

  private static boolean isMadeForStrongTyping(OnnxModel model) {
    return QuantizationManifest.of(model)
        .filter(manifest -> manifest.mode() == BuildMode.STRONGLY_TYPED)
        .isPresent();
  }

  private String word() {
    return precision == null ? "" : ChoiceConverter.word(precision);
  }

  private static void refuse(CommandSpec command, boolean isWrong, String message) {
    if (isWrong) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  /** Reads an optimization level. */
  static final class LevelConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (text.matches("[0-5]")) {
        return Integer.valueOf(text);
      }
      throw new TypeConversionException("expected a number from 0 to 5, found '" + text + "'");
    }
  }
}
