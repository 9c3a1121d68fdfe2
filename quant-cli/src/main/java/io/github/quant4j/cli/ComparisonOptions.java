/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.ptq.EngineComparison;
import io.github.quant4j.ptq.EngineKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which engines of a float model are compared, and what they have to keep. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ComparisonOptions {
  private static final String TEST = "--test";
  private static final String LABELS = "--labels";
  private static final String KINDS = "--kinds";
  private static final String MAX_TOP1_DROP = "--max-top1-drop";
  private static final String MIN_SQNR = "--min-sqnr";
  private static final String SAVE = "--save";
  private static final Set<String> OF_MODELS =
      Set.of(SAVE, KernelTimingOptions.TIMING_CACHE, KernelTimingOptions.TIMING_ITERATIONS);
  private static final Set<String> OF_FLOAT_MODELS =
      Set.of(SampleOptions.DATA, TEST, LABELS, KINDS, MAX_TOP1_DROP, MIN_SQNR);

  @Option(
      names = SampleOptions.DATA,
      paramLabel = "SOURCE",
      description =
          "The samples to calibrate INT8 with; none of it is built without. "
              + SampleOptions.DATA_DESCRIPTION)
  private @Nullable Path data;

  @Option(
      names = TEST,
      paramLabel = "SOURCE",
      description =
          "The samples to measure the accuracy on, in the same forms; those of --data unless"
              + " given.")
  private @Nullable Path test;

  @Option(
      names = LABELS,
      paramLabel = "LABELS.npy",
      description = "The class of each sample of --test, integers; counts right answers.")
  private @Nullable Path labels;

  @Option(
      names = KINDS,
      paramLabel = "KIND",
      split = ",",
      converter = ChoiceConverter.OfEngineKind.class,
      description =
          "The engines to build: fp32, fp16, int8-minmax, int8-entropy2, int8-explicit; all that"
              + " there are samples for unless given.")
  private List<EngineKind> kinds = List.of();

  @Option(
      names = MAX_TOP1_DROP,
      paramLabel = "POINTS",
      converter = FiniteNumber.class,
      description =
          "Recommend no engine whose top-1 accuracy drops by more percentage points; 0.5 unless"
              + " given.")
  private double largestDrop = 0.5;

  @Option(
      names = MIN_SQNR,
      paramLabel = "DB",
      converter = FiniteNumber.class,
      description =
          "Without labels, recommend no engine with an output whose SQNR is below so many decibels;"
              + " 20 unless given.")
  private double smallestSqnr = 20;

  @Option(
      names = SAVE,
      paramLabel = "FOLDER",
      description =
          "Keep the engines that are built, and the model with Q/DQ pairs, in a folder, which is"
              + " made if need be.")
  private @Nullable Path folder;

  @Mixin private KernelTimingOptions timing;

  /** Returns the samples to calibrate with, null where none are given. */
  @Nullable Path data() {
    return data;
  }

  /** Returns the samples to measure the accuracy on, null where none are given. */
  @Nullable Path test() {
    return test;
  }

  /** Makes sure that the options go together, and with what is compared. */
  void requireConsistent(CommandSpec command, SampleOptions samples, BenchFiles files) {
    if (!files.hasModels()) {
      requireNone(command, OF_MODELS, " is for engines that are built; give a model");
    }
    if (files.floatModel().isEmpty()) {
      requireNone(command, OF_FLOAT_MODELS, " needs a float32 model to hold engines against");
    }
    refuse(
        command,
        labels != null && test == null,
        LABELS + " are those of the samples of " + TEST + "; give these too");
    refuse(
        command,
        data == null && kinds.stream().anyMatch(EngineKind::needsCalibration),
        KINDS + " with INT8 needs samples; give them with " + SampleOptions.DATA + "=SOURCE");
    if (labels != null) {
      samples.requireCounted(command, LABELS);
    }
  }

  /** Returns a comparison with these options, apart from the samples. */
  EngineComparison applyTo(EngineComparison comparison, SampleOptions samples) throws IOException {
    EngineComparison changed =
        comparison.largestTopOneDrop(largestDrop).minimumSqnr(smallestSqnr).engine(timing::applyTo);
    if (!kinds.isEmpty()) {
      changed = changed.candidates(EnumSet.copyOf(kinds));
    }
    if (folder != null) {
      changed = changed.keep(folder);
    }
    return labels == null ? changed : changed.labels(classes(labels, samples));
  }

  private static int[] classes(Path labels, SampleOptions samples) throws IOException {
    long[] classes = LabelFile.read(labels);
    return Arrays.stream(classes)
        .limit(samples.limited(classes.length))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  private static void requireNone(CommandSpec command, Set<String> names, String why) {
    GivenOption.among(command, names).ifPresent(name -> refuse(command, true, name + why));
  }

  private static void refuse(CommandSpec command, boolean isWrong, String message) {
    if (isWrong) {
      throw new ParameterException(command.commandLine(), message);
    }
  }
}
