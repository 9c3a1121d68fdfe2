/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quant inspect}: what a model, an engine or a calibration table holds. */
@Command(
    name = "inspect",
    customSynopsis = "quant inspect MODEL.onnx|ENGINE.plan|TABLE.json [OPTION]...",
    description =
        "Shows what a model holds: interface, operators, Q/DQ; or an engine, or a calibration table.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Parameters(
      paramLabel = "FILE",
      description =
          "The model, the engine, which needs a GPU, or the calibration table: JSON or a cache of"
              + " TensorRT.")
  private Path file;

  @Mixin private TrustOption trust;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  InspectCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    report().print(streams, asJson);
    return Quant.DONE;
  }

  private Report report() throws IOException {
    if (PlanFile.is(file)) {
      return engine();
    }
    if (TableFormat.ofKnownContent(file).isPresent()) {
      return new TableInspection(TableFile.read(file));
    }
    OnnxModel model = OnnxModel.read(file);
    return new InspectReport(ModelFiles.of(file, model.dataFiles()), model);
  }

  private Report engine() throws IOException {
    FileSize size = FileSize.of(file);
    try (Engine engine = trust.load(file)) {
      List<ShapeProfile> profiles =
          IntStream.range(0, engine.profileCount()).mapToObj(engine::profile).toList();
      return new EngineReport(
          size, engine.inputs(), engine.outputs(), profiles, engine.inspection());
    }
  }
}
