/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md tells of every command and option. */
class CommandGuideTest {
  private static final Set<String> EVERYWHERE = Set.of("--help", "--version");

  @Test
  void page_namesEveryCommandAndOption() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "cli.md"));
    List<CommandLine> commands =
        commands(Quant.commandLine(new CommandStreams(System.out, System.err, () -> false)))
            .toList();

    assertThat(commands)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            command -> {
              assertThat(page).contains(command.getCommandSpec().qualifiedName());
              assertThat(command.getCommandSpec().options())
                  .map(OptionSpec::longestName)
                  .filteredOn(name -> !EVERYWHERE.contains(name))
                  .allSatisfy(name -> assertThat(page).containsPattern(name + "\\b(?!-)"));
            });
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(CommandGuideTest::commands));
  }
}
