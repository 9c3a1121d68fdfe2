/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** The options the user gave, apart from those that have their default. */
final class GivenOption {
  private GivenOption() {}

  /** Returns the first given option that has one of the names, by that name. */
  static Optional<String> among(CommandSpec command, Set<String> names) {
    return command.commandLine().getParseResult().matchedOptions().stream()
        .flatMap(option -> Arrays.stream(option.names()))
        .filter(names::contains)
        .findFirst();
  }
}
