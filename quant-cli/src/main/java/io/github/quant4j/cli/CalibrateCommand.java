/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.CalibrationResult;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant calibrate}: a float32 model and samples in, the ranges of its tensors out. */
@Command(
    name = "calibrate",
    customSynopsis = "quant calibrate MODEL.onnx --data=SOURCE -o TABLE.json [OPTION]...",
    description = "Observes the ranges of a model's tensors, to quantize it with later.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CalibrateCommand implements Callable<Integer> {
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

  @Mixin private ThreadOption threads;

  @Mixin private TableOutput output;

  @Mixin private RangeOptions ranges;

  @Mixin private PlanOptions plan;

  @Mixin private CalibrationOptions calibration;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  CalibrateCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    plan.requireConsistent(spec);
    ranges.requireConsistent(spec);
    output.requireUsage(spec, List.of(model, data));
    calibration.requireUsage(spec, List.of(model, data, output.path()));
    OnnxModel floatModel = OnnxModel.read(model);
    output.requireUsage(spec, floatModel.dataFiles());
    calibration.requireUsage(spec, floatModel.dataFiles());
    ModelFiles files = ModelFiles.of(model, floatModel.dataFiles());
    CalibrationResult result = calibrate(floatModel);
    TableFile written = output.write(spec, result.table(), Optional.empty());
    new SampledReport(
            new CalibrateReport(
                files, written, result.report(), Duration.ofNanos(System.nanoTime() - start)),
            samples.skippedPictures())
        .print(streams, asJson);
    return Quant.DONE;
  }

  private CalibrationResult calibrate(OnnxModel floatModel) throws IOException {
    PostTrainingQuantization quantization =
        ranges.applyTo(plan.applyTo(PostTrainingQuantization.of(floatModel)));
    try (CalibrationSource source = samples.open(spec, data, floatModel, BATCH_SIZE);
        ProgressLine progress = new ProgressLine(streams, "calibrating")) {
      return calibration.applyTo(quantization, threads.count()).listener(progress).observe(source);
    } catch (OnnxException e) {
      throw new CommandException("cannot calibrate \"" + model + "\": " + e.getMessage(), e);
    } catch (CalibrationException e) {
      throw new CommandException(
          "cannot calibrate \"" + model + "\" with the samples \"" + data + "\": " + e.getMessage(),
          e);
    }
  }
}
