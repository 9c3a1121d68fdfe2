/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quant inspect}: what a model file holds. */
@Command(
    name = "inspect",
    customSynopsis = "quant inspect MODEL.onnx [OPTION]...",
    description = "Shows what a model holds: interface, operators, Q/DQ.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path model;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  InspectCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    OnnxModel read = OnnxModel.read(model);
    new InspectReport(ModelFiles.of(model, read.dataFiles()), read).print(streams, asJson);
    return Quant.DONE;
  }
}
