/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.repair.CodeReading;
import io.github.quant4j.onnx.repair.RepairException;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.ptq.ModelRepair;
import io.github.quant4j.ptq.RepairResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

/** {@code quant repair}: a model another tool quantized in, one that TensorRT runs rightly out. */
@Command(
    name = "repair",
    customSynopsis = "quant repair MODEL.onnx -o OUT.onnx [OPTION]...",
    description = "Repairs a model that another tool quantized.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RepairCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 32;
  private static final String DRY_RUN = "--dry-run";
  private static final String REFERENCE = "--reference";

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The quantized model; it is not changed.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.onnx",
      description = "The repaired model to write; an existing file is replaced when all went well.")
  private @Nullable Path output;

  @Option(
      names = SampleOptions.DATA,
      paramLabel = "SOURCE",
      description = {
        SampleOptions.DATA_DESCRIPTION,
        "They decide what the model leaves open, tighten scales and check the result."
      })
  private @Nullable Path data;

  @Mixin private SampleOptions samples;

  @Mixin private ThreadOption threads;

  @Option(
      names = "--float",
      paramLabel = "FLOAT.onnx",
      description = "The float32 model this one was made from, to compare with; with --data.")
  private @Nullable Path floatFile;

  @Option(
      names = REFERENCE,
      paramLabel = "OUTPUTS",
      description =
          "What the framework's own quantized model answers to the samples, to compare with: as"
              + " --data, with arrays named as the outputs; with --data.")
  private @Nullable Path reference;

  @Option(
      names = "--zero-points",
      paramLabel = "READING",
      converter = ChoiceConverter.OfCodeReading.class,
      description =
          "How to read uint8 codes from 0 where neither the model nor samples tell: signed, for"
              + " exporters that write int8 as uint8, or unsigned; refused unless given.")
  private @Nullable CodeReading undecided;

  @Option(
      names = "--target",
      paramLabel = "RUNTIME",
      converter = ChoiceConverter.OfTarget.class,
      description = "What the model is for: tensorrt, the default, or onnxruntime.")
  private Target target = Target.TENSORRT;

  @Option(
      names = "--report",
      paramLabel = "REPORT.json|REPORT.txt",
      converter = ReportFile.Converter.class,
      description = "Write every finding to a file, as JSON or as text by the end of its name.")
  private @Nullable ReportFile report;

  @Option(
      names = DRY_RUN,
      description = "Say what would be done and write no model; reads no samples.")
  private boolean isDryRun;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  RepairCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    requireUsage();
    OnnxModel source = readModel();
    ModelFiles sourceFiles = ModelFiles.of(model, source.dataFiles());
    if (output == null) {
      return examine(source, sourceFiles, start);
    }
    RepairResult result = repair(source);
    writeReport(result.report());
    List<Path> dataFiles = result.write(output).stream().toList();
    new SampledReport(
            new RepairSummary(
                new RepairSummary.Files(sourceFiles, Optional.of(ModelFiles.of(output, dataFiles))),
                result.report(),
                Optional.of(result.verification()),
                elapsed(start)),
            samples.skippedPictures())
        .print(streams, asJson);
    return Quant.DONE;
  }

  private int examine(OnnxModel source, ModelFiles sourceFiles, long start) throws IOException {
    RepairReport found = options(source).examine();
    writeReport(found);
    new RepairSummary(
            new RepairSummary.Files(sourceFiles, Optional.empty()),
            found,
            Optional.empty(),
            elapsed(start))
        .print(streams, asJson);
    return found.hasRefusedErrors() ? Quant.FAILED : Quant.DONE;
  }

  private void writeReport(RepairReport found) throws IOException {
    if (report != null) {
      report.write(found::toJson, found::toString);
    }
  }

  private void requireUsage() throws IOException {
    if ((output == null) != isDryRun) {
      throw new ParameterException(
          spec.commandLine(),
          isDryRun
              ? DRY_RUN + " writes no model; leave out -o"
              : "expected -o OUT.onnx for the repaired model, or " + DRY_RUN);
    }
    if (data == null && (floatFile != null || reference != null)) {
      throw new ParameterException(
          spec.commandLine(),
          (floatFile != null ? "--float" : REFERENCE) + " needs samples; give them with --data");
    }
    if (reference != null) {
      samples.requireCounted(spec, REFERENCE);
    }
    if (report != null) {
      OutputFile.requireWritable(report.path());
    }
  }

  /** Reads the model, once it is sure that the output will not be written over an input. */
  private OnnxModel readModel() throws IOException {
    if (output != null) {
      requireOther(output, model, "the model");
      requireOther(output, data, "the samples");
      requireOther(output, floatFile, "the float model");
      requireOther(output, reference, "the reference outputs");
      OutputFile.requireWritable(output);
    }
    OnnxModel source = OnnxModel.read(model);
    if (output != null) {
      for (Path dataFile : source.dataFiles()) {
        requireOther(output, dataFile, "the data of the model");
      }
    }
    return source;
  }

  private void requireOther(Path written, @Nullable Path input, String what) throws IOException {
    if (input != null) {
      OutputFile.requireOther(spec, written, input, what);
    }
  }

  private ModelRepair options(OnnxModel source) throws IOException {
    ModelRepair repair = ModelRepair.of(source).target(target).threadCount(threads.count());
    if (floatFile != null) {
      repair = repair.floatModel(OnnxModel.read(floatFile));
    }
    return undecided == null ? repair : repair.undecidedCodes(undecided);
  }

  private RepairResult repair(OnnxModel source) throws IOException {
    try {
      return data == null ? options(source).run() : repair(source, data);
    } catch (CalibrationException e) {
      throw new CommandException(
          "cannot run \"" + model + "\" on the samples \"" + data + "\": " + e.getMessage(), e);
    } catch (QuantizationException e) {
      Optional<RepairReport> found =
          e instanceof RepairException refused ? refused.report() : Optional.empty();
      if (found.isPresent()) {
        writeReport(found.get());
      }
      throw new CommandException("cannot repair \"" + model + "\": " + e.getMessage(), e);
    }
  }

  private RepairResult repair(OnnxModel source, Path inputs) throws IOException {
    try (ProgressLine progress = new ProgressLine(streams, "observing");
        CalibrationSource opened = samples.open(spec, inputs, source, BATCH_SIZE)) {
      ModelRepair repair = options(source).listener(progress);
      if (reference == null) {
        return repair.run(opened);
      }
      List<Value> outputs = source.graph().outputs();
      try (CalibrationSource references = openReferences(reference, source, outputs)) {
        return repair.run(opened, references);
      }
    }
  }

  private CalibrationSource openReferences(Path file, OnnxModel source, List<Value> outputs)
      throws IOException {
    NumpySource.Builder builder = NumpySource.builder(file);
    if (outputs.size() == 1) {
      builder.inputName(outputs.get(0).name());
    }
    return samples.limitedBatches(builder, source, BATCH_SIZE).open();
  }

  private static Duration elapsed(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
