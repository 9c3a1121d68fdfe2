/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
  private static final int REASONS_SHOWN = 3;

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The float32 model; it is not changed.")
  private Path model;

  @Mixin private SampleOptions samples;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The INT8 model to write; an existing file is replaced when all went well.")
  private Path output;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      converter = ChoiceConverter.OfMethod.class,
      description = "How ranges are found: minmax, the default, takes the extremes observed.")
  private CalibrationMethod method = CalibrationMethod.MINMAX;

  @Option(
      names = "--target",
      paramLabel = "RUNTIME",
      converter = ChoiceConverter.OfTarget.class,
      description = "What the model is for: tensorrt, the default, or onnxruntime.")
  private Target target = Target.TENSORRT;

  @Mixin private Exclusions exclusions;

  @Option(names = "--plan", description = "Print the decision on every node and its reason.")
  private boolean planShown;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  QuantizeCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    requireOtherFile(model, "the model");
    requireOtherFile(samples.data(), "the samples");
    OnnxModel floatModel = OnnxModel.read(model);
    OutputFile.requireWritable(output);
    FileSize floatSize = FileSize.of(model);
    QuantizedModel result = quantize(floatModel);
    requireQuantized(result.plan());
    result.write(output);
    new QuantizeReport(
            new ModelPair(floatSize, FileSize.of(output)),
            new QuantizeReport.Settings(
                ChoiceConverter.word(method),
                ChoiceConverter.word(target),
                planShown,
                exclusions.notes(floatModel)),
            result,
            Duration.ofNanos(System.nanoTime() - start))
        .print(streams, asJson);
    return Quant.DONE;
  }

  private void requireOtherFile(Path input, String what) throws IOException {
    if (OutputFile.isSame(output, input)) {
      throw new ParameterException(
          spec.commandLine(),
          "output \""
              + output
              + "\" is the same file as "
              + what
              + " \""
              + input
              + "\"; expected another path, give one with -o");
    }
  }

  private QuantizedModel quantize(OnnxModel floatModel) throws IOException {
    try (CalibrationSource source = samples.open(floatModel, BATCH_SIZE);
        ProgressLine progress = new ProgressLine(streams, "calibrating")) {
      return PostTrainingQuantization.of(floatModel)
          .target(target)
          .exclude(exclusions.selector())
          .threadCount(samples.threadCount())
          .listener(progress)
          .run(source);
    } catch (OnnxException e) {
      throw new CommandException("cannot quantize \"" + model + "\": " + e.getMessage(), e);
    } catch (CalibrationException e) {
      throw new CommandException(
          "cannot quantize \""
              + model
              + "\" with the samples \""
              + samples.data()
              + "\": "
              + e.getMessage(),
          e);
    }
  }

  private void requireQuantized(QuantizationPlan plan) {
    if (plan.activationPairs().isEmpty()) {
      throw new CommandException(
          "nothing in \""
              + model
              + "\" can be quantized, nothing is written: "
              + mostFrequentReasons(plan)
              + "; expected a Conv, Gemm or MatMul with constant weights that is not excluded");
    }
  }

  private static String mostFrequentReasons(QuantizationPlan plan) {
    Map<String, Long> counts =
        plan.decisions().stream()
            .map(NodeDecision::why)
            .collect(Collectors.groupingBy(Object::toString, Collectors.counting()));
    List<Map.Entry<String, Long>> reasons =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(REASONS_SHOWN)
            .toList();
    return reasons.stream()
        .map(reason -> reason.getValue() + " x " + reason.getKey())
        .collect(Collectors.joining(", "));
  }
}
