/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

/** {@code quant quantize}: a float32 model and samples in, an INT8 model out. */
@Command(
    name = "quantize",
    customSynopsis = "quant quantize MODEL.onnx --data=SOURCE -o OUT.onnx [OPTION]...",
    description = "Quantizes a float32 model to INT8.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class QuantizeCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 32;

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The float32 model; it is not changed.")
  private Path model;

  @Option(
      names = SampleOptions.DATA,
      required = true,
      paramLabel = "SOURCE",
      description = SampleOptions.DATA_DESCRIPTION)
  private Path data;

  @Mixin private SampleOptions samples;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The INT8 model to write; an existing file is replaced when all went well.")
  private Path output;

  @Mixin private RangeOptions ranges;

  @Option(
      names = "--target",
      paramLabel = "RUNTIME",
      converter = ChoiceConverter.OfTarget.class,
      description = "What the model is for: tensorrt, the default, or onnxruntime.")
  private Target target = Target.TENSORRT;

  @Mixin private PrecisionOptions precision;

  @Mixin private NodeChoice nodes;

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
    requireTargetOfBuildMode();
    ranges.requireConsistent(spec);
    OnnxModel floatModel = readModel();
    requireWritable();
    ModelFiles floatFiles = ModelFiles.of(model, floatModel.dataFiles());
    QuantizedModel result = quantize(floatModel);
    ModelPair files = new ModelPair(floatFiles, write(result));
    new QuantizeReport(files, settings(), result, Duration.ofNanos(System.nanoTime() - start))
        .print(streams, asJson);
    return Quant.DONE;
  }

  /** Reads the model, once it is sure that the output will not be written over an input. */
  private OnnxModel readModel() throws IOException {
    OutputFile.requireOther(spec, output, model, "the model");
    OutputFile.requireOther(spec, output, data, "the samples");
    OnnxModel floatModel = OnnxModel.read(model);
    for (Path dataFile : floatModel.dataFiles()) {
      OutputFile.requireOther(spec, output, dataFile, "the data of the model");
    }
    return floatModel;
  }

  private ModelFiles write(QuantizedModel result) throws IOException {
    Optional<Path> dataFile = result.write(output);
    if (planFile != null) {
      planFile.write(result.plan()::toJson, result.plan()::toString);
    }
    return ModelFiles.of(output, dataFile.stream().toList());
  }

  private QuantizeReport.Settings settings() {
    return new QuantizeReport.Settings(
        ranges.text(), ChoiceConverter.word(target), precision, planShown);
  }

  private void requireWritable() throws IOException {
    OutputFile.requireWritable(output);
    if (planFile != null) {
      if (OutputFile.isSame(planFile.path(), model) || OutputFile.isSame(planFile.path(), output)) {
        throw new ParameterException(
            spec.commandLine(),
            "plan file \""
                + planFile.path()
                + "\" is a model of this command too; expected another path");
      }
      OutputFile.requireWritable(planFile.path());
    }
  }

  private void requireTargetOfBuildMode() {
    if (precision.buildMode() == BuildMode.STRONGLY_TYPED && target != Target.TENSORRT) {
      throw new ParameterException(
          spec.commandLine(),
          PrecisionOptions.BUILD_MODE
              + " strong is for TensorRT, found --target "
              + ChoiceConverter.word(target)
              + "; expected --target tensorrt or "
              + PrecisionOptions.BUILD_MODE
              + " weak");
    }
  }

  private QuantizedModel quantize(OnnxModel floatModel) throws IOException {
    try (CalibrationSource source = samples.open(data, floatModel, BATCH_SIZE);
        ProgressLine progress = new ProgressLine(streams, "calibrating")) {
      return ranges
          .applyTo(precision.applyTo(PostTrainingQuantization.of(floatModel)))
          .target(target)
          .include(nodes.included())
          .exclude(nodes.excluded())
          .threadCount(samples.threadCount())
          .listener(progress)
          .run(source);
    } catch (OnnxException e) {
      throw new CommandException("cannot quantize \"" + model + "\": " + e.getMessage(), e);
    } catch (CalibrationException e) {
      throw new CommandException(
          "cannot quantize \"" + model + "\" with the samples \"" + data + "\": " + e.getMessage(),
          e);
    }
  }
}
