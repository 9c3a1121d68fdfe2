/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quant table} without a subcommand: nothing but its usage. */
@Command(name = "table", description = "Converts and merges calibration tables.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class TableCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  TableCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(streams.err());
    return Quant.WRONG_USAGE;
  }
}
