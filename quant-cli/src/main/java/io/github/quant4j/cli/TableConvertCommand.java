/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quant table convert}: a calibration table in one form in, the same in another out. */
@Command(
    name = "convert",
    customSynopsis = "quant table convert TABLE -o TABLE [OPTION]...",
    description = "Writes a calibration table in another form, or with other ranges.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TableConvertCommand implements Callable<Integer> {
  private final CommandStreams streams;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "TABLE",
      description = "The table; its form is known by its content. It is not changed.")
  private Path input;

  @Mixin private TableOutput output;

  @Mixin private RangeOptions ranges;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean asJson;

  TableConvertCommand(CommandStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    ranges.requireConsistent(spec);
    output.requireUsage(spec, List.of(input));
    TableFile read = TableFile.read(input);
    TableFile written = output.write(spec, ranges.applyTo(read.table()), read.cacheHeader());
    new TableReport("table convert", List.of(read), written).print(streams, asJson);
    return Quant.DONE;
  }
}
