/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.CheckedBuild;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.TensorRt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant build}: a model in, an engine of TensorRT out that answers as the model does. */
@Command(
    name = "build",
    customSynopsis = "quant build MODEL.onnx -o ENGINE.plan [OPTION]...",
    description = "Builds a TensorRT engine on this machine's GPU, and compares its answers.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BuildCommand implements Callable<Integer> {
  private static final int BATCH_SIZE = 32;

  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.onnx", description = "The model, float32 or quantized.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "ENGINE.plan",
      description = "The engine to write; an existing file is replaced when all went well.")
  private Path output;

  @Mixin private EngineOptions engine;

  @Mixin private ShapeOptions shapes;

  @Mixin private ImplicitOptions implicit;

  @Mixin private CheckOptions check;

  @Mixin private SampleOptions samples;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  BuildCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    requireUsage();
    OnnxModel onnx = OnnxModel.read(model);
    engine.requireFor(spec, onnx, implicit.isGiven());
    List<ShapeProfile> profiles = shapes.profiles(spec, onnx, samples.givenBatchSize());
    for (Path data : onnx.dataFiles()) {
      OutputFile.requireOther(spec, output, data, "the data of the model");
    }
    OutputFile.requireWritable(output);
    Optional<CalibrationTable> table = implicit.readTable();
    TensorRt.verifyAvailable();
    EnginePlan plan = build(onnx, builder -> withOptions(builder, onnx, profiles, table));
    plan.write(output);
    BuildReport report =
        new BuildReport(
            ModelFiles.of(model, onnx.dataFiles()),
            FileSize.of(output),
            BuildReport.Built.of(plan),
            Duration.ofNanos(System.nanoTime() - start));
    new SampledReport(report, samples.skippedPictures()).print(streams, asJson);
    return Quant.DONE;
  }

  private void requireUsage() throws IOException {
    implicit.requireConsistent(spec);
    engine.requireConsistent(spec, implicit.isGiven());
    check.requireConsistent(spec);
    OutputFile.requireOther(spec, output, model, "the model");
    List<Path> others = new ArrayList<>(implicit.files());
    others.addAll(engine.files());
    others.addAll(check.files());
    for (Path other : others) {
      OutputFile.requireOther(spec, output, other, "another file of this command,");
    }
  }

  private EngineBuilder withOptions(
      EngineBuilder builder,
      OnnxModel onnx,
      List<ShapeProfile> profiles,
      Optional<CalibrationTable> table) {
    EngineBuilder changed = engine.applyTo(builder, onnx, implicit.isGiven());
    if (!profiles.isEmpty()) {
      changed =
          changed.profile(
              profiles.get(0), profiles.subList(1, profiles.size()).toArray(ShapeProfile[]::new));
    }
    return table.map(changed::ranges).orElse(changed);
  }

  private EnginePlan build(OnnxModel onnx, UnaryOperator<EngineBuilder> options)
      throws IOException {
    try (CalibrationSource calibration = opened(implicit.data(), onnx);
        CalibrationSource checked = opened(check.samples(), onnx);
        ProgressLine progress = new ProgressLine(streams, "building")) {
      progress.show("building " + output + ", which takes seconds to minutes");
      return check
          .applyTo(CheckedBuild.of(onnx), checked, implicit.data() == null ? null : calibration)
          .options(options)
          .options(builder -> implicit.applyTo(builder, calibration))
          .build();
    } catch (QuantizationException e) {
      throw new CommandException("cannot build \"" + model + "\": " + e.getMessage(), e);
    }
  }

  private CalibrationSource opened(@Nullable Path data, OnnxModel onnx) throws IOException {
    return data == null
        ? CalibrationSource.of(List.of())
        : samples.open(spec, data, onnx, shapes.batchSize().orElse(BATCH_SIZE));
  }
}
