/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.tensorrt.Engine;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that lets an engine bring code for the host along. */
final class TrustOption {
  @Option(
      names = "--trusted",
      description =
          "Load an engine that was built version compatible, and with it code that runs on the"
              + " host: only from where programs would be taken too.")
  private boolean isTrusted;

  /** Loads an engine. */
  Engine load(Path plan) throws IOException {
    return isTrusted ? Engine.loadTrusted(plan) : Engine.load(plan);
  }
}
