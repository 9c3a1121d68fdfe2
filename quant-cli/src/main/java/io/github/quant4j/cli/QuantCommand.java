/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a subcommand: nothing but its usage. */
@Command(
    name = "quant",
    description = "Quantizes ONNX models to INT8 for NVIDIA TensorRT and ONNX Runtime.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the work failed, or a check did not hold",
      "2:wrong usage",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class QuantCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Log what is done, and print the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // here for the parser and the help; Quant looks at the words
  private boolean debug;

  QuantCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(streams.err());
    return Quant.WRONG_USAGE;
  }
}
