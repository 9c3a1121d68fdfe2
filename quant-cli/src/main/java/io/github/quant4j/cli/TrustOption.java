/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.tensorrt.Engine;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option that lets an engine bring code for the host along. */
final class TrustOption {
  private static final String TRUSTED = "--trusted";

  @Option(
      names = TRUSTED,
      description =
          "Load an engine that was built version compatible, and with it code that runs on the"
              + " host: only from where programs would be taken too.")
  private boolean isTrusted;

  /** Makes sure that the option is not given where several files are compared. */
  void requireNone(CommandSpec command) {
    if (isTrusted) {
      throw new ParameterException(
          command.commandLine(), TRUSTED + " is for one engine by itself; remove it");
    }
  }

  /** Loads an engine. */
  Engine load(Path plan) throws IOException {
    return isTrusted ? Engine.loadTrusted(plan) : Engine.load(plan);
  }
}
