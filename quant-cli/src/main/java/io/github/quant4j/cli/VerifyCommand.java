/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant verify}: how far an INT8 model is from the float model it was made from. */
@Command(
    name = "verify",
    customSynopsis = "quant verify FLOAT.onnx INT8.onnx --data=SOURCE [OPTION]...",
    description = "Compares an INT8 model with the float32 model it was made from.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifyCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 100;
  private static final String LABELS = "--labels";
  private static final String MIN_SQNR = "--min-sqnr";
  private static final String MAX_TOP1_DROP = "--max-top1-drop";

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FLOAT.onnx", description = "The float32 model.")
  private Path floatFile;

  @Parameters(index = "1", paramLabel = "INT8.onnx", description = "The INT8 model.")
  private Path int8File;

  @Option(
      names = SampleOptions.DATA,
      required = true,
      paramLabel = "SOURCE",
      description = SampleOptions.DATA_DESCRIPTION)
  private Path data;

  @Mixin private SampleOptions samples;

  @Mixin private ThreadOption threads;

  @Option(
      names = LABELS,
      paramLabel = "LABELS.npy",
      description = "The class of each sample, integers; counts right answers of both models.")
  private @Nullable Path labels;

  @Option(
      names = MIN_SQNR,
      paramLabel = "DB",
      converter = FiniteNumber.class,
      description = "Fail when the SQNR of an output is below this many decibels.")
  private @Nullable Double minimumSqnr;

  @Option(
      names = MAX_TOP1_DROP,
      paramLabel = "POINTS",
      converter = FiniteNumber.class,
      description =
          "Fail when top-1 accuracy drops by more than this many percentage points; with --labels.")
  private @Nullable Double maximumDrop;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  VerifyCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    if (maximumDrop != null && labels == null) {
      throw new ParameterException(
          spec.commandLine(), MAX_TOP1_DROP + " needs labels; give them with " + LABELS);
    }
    if (labels != null) {
      samples.requireCounted(spec, LABELS);
    }
    OnnxModel floatModel = OnnxModel.read(floatFile);
    OnnxModel int8Model = OnnxModel.read(int8File);
    VerificationReport comparison = compare(verification(floatModel, int8Model), floatModel);
    VerifyReport report =
        new VerifyReport(
            new ModelPair(
                ModelFiles.of(floatFile, floatModel.dataFiles()),
                ModelFiles.of(int8File, int8Model.dataFiles())),
            comparison,
            checks(comparison),
            Duration.ofNanos(System.nanoTime() - start));
    new SampledReport(report, samples.skippedPictures()).print(streams, asJson);
    requireHeld(report);
    return Quant.DONE;
  }

  private Verification verification(OnnxModel floatModel, OnnxModel int8Model) throws IOException {
    Verification verification = Verification.of(floatModel, int8Model).threadCount(threads.count());
    if (labels == null) {
      return verification;
    }
    long[] classes = LabelFile.read(labels);
    return verification.labels(Arrays.copyOf(classes, samples.limited(classes.length)));
  }

  private VerificationReport compare(Verification verification, OnnxModel floatModel)
      throws IOException {
    try (ProgressLine progress = new ProgressLine(streams, "comparing");
        CalibrationSource source = samples.open(spec, data, floatModel, BATCH_SIZE)) {
      return verification.listener(progress).run(source);
    } catch (QuantizationException e) {
      throw new CommandException(
          "cannot compare \""
              + int8File
              + "\" with \""
              + floatFile
              + "\" on the samples \""
              + data
              + "\": "
              + e.getMessage(),
          e);
    }
  }

  private List<Check> checks(VerificationReport comparison) {
    List<Check> checks = new ArrayList<>();
    if (minimumSqnr != null) {
      checks.add(Check.atLeast(MIN_SQNR, minimumSqnr, comparison.worstOutputSqnr()));
    }
    if (maximumDrop != null) {
      double drop = comparison.topOne().map(TopOneAccuracy::dropPoints).orElse(Double.NaN);
      checks.add(Check.atMost(MAX_TOP1_DROP, maximumDrop, drop));
    }
    return checks;
  }

  private void requireHeld(VerifyReport report) {
    if (!report.isHeld()) {
      String failed =
          report.checks().stream()
              .filter(check -> !check.isHeld())
              .map(Check::text)
              .collect(Collectors.joining(", "));
      throw new CommandException("\"" + int8File + "\" does not pass: " + failed);
    }
  }
}
