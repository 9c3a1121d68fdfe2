/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant quantize}: a float32 model and samples or a table in, an INT8 model out. */
@Command(
    name = "quantize",
    customSynopsis =
        "quant quantize MODEL.onnx --data=SOURCE|--table=TABLE -o OUT.onnx [OPTION]...",
    description = "Quantizes a float32 model to INT8.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class QuantizeCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 32;
  private static final String TABLE = "--table";

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The float32 model; it is not changed.")
  private Path model;

  @Option(
      names = SampleOptions.DATA,
      paramLabel = "SOURCE",
      description = {
        SampleOptions.DATA_DESCRIPTION,
        "With --table, accuracy is measured on a few of them; without them, nothing is."
      })
  private @Nullable Path data;

  @Option(
      names = TABLE,
      paramLabel = "TABLE",
      description =
          "A calibration table to take ranges from: JSON, a cache of TensorRT, or a table of ONNX"
              + " Runtime.")
  private @Nullable Path table;

  @Mixin private SampleOptions samples;

  @Mixin private ThreadOption threads;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The INT8 model to write; an existing file is replaced when all went well.")
  private Path output;

  @Mixin private RangeOptions ranges;

  @Mixin private PlanOptions plan;

  @Mixin private PrecisionOptions precision;

  @Mixin private CalibrationOptions calibration;

  @Option(names = "--plan", description = "Print the decision on every node and its reason.")
  private boolean planShown;

  @Option(
      names = "--plan-file",
      paramLabel = "PLAN.json|PLAN.txt",
      converter = ReportFile.Converter.class,
      description = "Write the plan to a file, as JSON or as text by the end of its name.")
  private @Nullable ReportFile planFile;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  QuantizeCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    requireUsage();
    OnnxModel floatModel = readModel();
    requireWritable();
    ModelFiles floatFiles = ModelFiles.of(model, floatModel.dataFiles());
    Optional<TableFile> read =
        table == null ? Optional.empty() : Optional.of(TableFile.read(table));
    QuantizedModel result = quantize(floatModel, read);
    ModelPair files = new ModelPair(floatFiles, write(result));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    new SampledReport(
            new QuantizeReport(files, settings(read), result, elapsed), samples.skippedPictures())
        .print(streams, asJson);
    return Quant.DONE;
  }

  private void requireUsage() {
    plan.requireConsistent(spec);
    ranges.requireConsistent(spec);
    if (table != null) {
      CalibrationOptions.requireNone(spec, TABLE);
    }
    if (data == null && table == null) {
      throw new ParameterException(
          spec.commandLine(),
          "no ranges to quantize with; expected samples, "
              + SampleOptions.DATA
              + "=SOURCE, or a calibration table, "
              + TABLE
              + "=TABLE");
    }
  }

  /** Reads the model, once it is sure that the output will not be written over an input. */
  private OnnxModel readModel() throws IOException {
    OutputFile.requireOther(spec, output, model, "the model");
    if (data != null) {
      OutputFile.requireOther(spec, output, data, "the samples");
    }
    if (table != null) {
      OutputFile.requireOther(spec, output, table, "the table");
    }
    OnnxModel floatModel = OnnxModel.read(model);
    for (Path dataFile : floatModel.dataFiles()) {
      OutputFile.requireOther(spec, output, dataFile, "the data of the model");
    }
    calibration.requireUsage(spec, filesBesides(floatModel));
    return floatModel;
  }

  private List<Path> filesBesides(OnnxModel floatModel) {
    List<Path> files = new ArrayList<>(floatModel.dataFiles());
    files.add(model);
    files.add(output);
    Optional.ofNullable(data).ifPresent(files::add);
    Optional.ofNullable(planFile).map(ReportFile::path).ifPresent(files::add);
    return files;
  }

  private ModelFiles write(QuantizedModel result) throws IOException {
    Optional<Path> dataFile = result.write(output);
    if (planFile != null) {
      planFile.write(result.plan()::toJson, result.plan()::toString);
    }
    return ModelFiles.of(output, dataFile.stream().toList());
  }

  private QuantizeReport.Settings settings(Optional<TableFile> read) {
    String method =
        read.isEmpty() || ranges.isGiven()
            ? ranges.text()
            : read.get().table().provenance().method().orElse("not stated");
    return new QuantizeReport.Settings(method, plan, precision, read, data != null, planShown);
  }

  private void requireWritable() throws IOException {
    OutputFile.requireWritable(output);
    if (planFile != null) {
      for (Path other : table == null ? List.of(model, output) : List.of(model, output, table)) {
        if (OutputFile.isSame(planFile.path(), other)) {
          throw new ParameterException(
              spec.commandLine(),
              "plan file \""
                  + planFile.path()
                  + "\" is another file of this command too; expected another path");
        }
      }
      OutputFile.requireWritable(planFile.path());
    }
  }

  private QuantizedModel quantize(OnnxModel floatModel, Optional<TableFile> read)
      throws IOException {
    PostTrainingQuantization plain =
        precision
            .applyTo(plan.applyTo(PostTrainingQuantization.of(floatModel)))
            .threadCount(threads.count());
    try {
      if (read.isEmpty()) {
        return run(calibration.applyTo(ranges.applyTo(plain), threads.count()), floatModel);
      }
      PostTrainingQuantization given = ranges.applyToTable(plain).table(read.get().table());
      return data == null ? given.run() : run(given, floatModel);
    } catch (OnnxException e) {
      throw new CommandException("cannot quantize \"" + model + "\": " + e.getMessage(), e);
    } catch (CalibrationException e) {
      throw new CommandException(
          "cannot quantize \"" + model + "\" with " + given() + ": " + e.getMessage(), e);
    }
  }

  private QuantizedModel run(PostTrainingQuantization quantization, OnnxModel floatModel)
      throws IOException {
    try (CalibrationSource source =
            samples.open(spec, requireNonNull(data, "data"), floatModel, BATCH_SIZE);
        ProgressLine progress = new ProgressLine(streams, "calibrating")) {
      return quantization.listener(progress).run(source);
    }
  }

  private String given() {
    String tableText = "the table \"" + table + "\"";
    String samplesText = "the samples \"" + data + "\"";
    if (table == null) {
      return samplesText;
    }
    return data == null ? tableText : tableText + " and " + samplesText;
  }
}
