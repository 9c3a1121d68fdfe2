/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TableMergeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant table merge}: the tables of parts of the samples in, that of all of them out. */
@Command(
    name = "merge",
    customSynopsis = "quant table merge TABLE.json TABLE.json... -o TABLE [OPTION]...",
    description = "Makes one calibration table of those of parts of the samples.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TableMergeCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "2..*",
      paramLabel = "TABLE.json",
      description =
          "Tables of one model on parts of the samples that have none in common. They are not"
              + " changed.")
  private List<Path> inputs = new ArrayList<>();

  @Mixin private TableOutput output;

  @Mixin private RangeOptions ranges;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  TableMergeCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    ranges.requireConsistent(spec);
    requireDifferent();
    output.requireUsage(spec, inputs);
    List<TableFile> read = new ArrayList<>();
    for (Path input : inputs) {
      read.add(TableFile.read(input));
    }
    TableFile written = output.write(spec, ranges.applyTo(merged(read)), Optional.empty());
    new TableReport("table merge", read, written).print(streams, asJson);
    return Quant.DONE;
  }

  /** The samples of a table that is given twice would count twice. */
  private void requireDifferent() throws IOException {
    for (int i = 1; i < inputs.size(); i++) {
      for (Path earlier : inputs.subList(0, i)) {
        if (OutputFile.isSame(inputs.get(i), earlier)) {
          throw new ParameterException(
              spec.commandLine(),
              "table \"" + inputs.get(i) + "\" is given twice; expected each part once");
        }
      }
    }
  }

  private static CalibrationTable merged(List<TableFile> read) {
    try {
      return CalibrationTable.merge(read.stream().map(TableFile::table).toList());
    } catch (TableMergeException e) {
      throw new CommandException("cannot merge the tables: " + e.getMessage(), e);
    }
  }
}
