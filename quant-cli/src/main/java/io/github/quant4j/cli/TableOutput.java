/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.Conversion;
import io.github.quant4j.core.table.OnnxRuntimeCalibrationTable;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say where a calibration table is written to, and in which form. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TableOutput {
  private static final String HEADER = "--cache-header";

  /** What trtexec of the TensorRT this library is built for looks for. */
  private static final String USUAL_HEADER = "TRT-100600-EntropyCalibration2";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "TABLE",
      description = "The table to write; an existing file is replaced when all went well.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = ChoiceConverter.OfTableFormat.class,
      description =
          "The form of the table: json holds all of it, cache is the calibration cache of"
              + " TensorRT, onnxruntime-json and onnxruntime-text are those of ONNX Runtime; json"
              + " for a name that ends in .json and cache for .cache unless given.")
  private @Nullable TableFormat format;

  @Option(
      names = HEADER,
      paramLabel = "HEADER",
      description =
          "The first line of a cache, by which TensorRT knows its own; that of the cache that was"
              + " read, or else "
              + USUAL_HEADER
              + ", unless given.")
  private @Nullable String header;

  Path path() {
    return output;
  }

  /** Returns the form asked for, by option or by name. */
  TableFormat format(CommandSpec command) {
    return Optional.ofNullable(format)
        .or(() -> TableFormat.ofName(output))
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "output \""
                        + output
                        + "\" ends neither in .json nor in .cache; expected --format "
                        + ChoiceConverter.words(TableFormat.class)));
  }

  /** Makes sure that the table can be written, and over none of the inputs. */
  void requireUsage(CommandSpec command, List<Path> inputs) throws IOException {
    TableFormat asked = format(command);
    if (header != null) {
      if (asked != TableFormat.CACHE) {
        throw new ParameterException(
            command.commandLine(),
            HEADER + " is for --format cache, found --format " + ChoiceConverter.word(asked));
      }
      try {
        TensorRtCalibrationCache.of(header, Map.of());
      } catch (IllegalArgumentException e) {
        throw new ParameterException(command.commandLine(), HEADER + ": " + e.getMessage(), e);
      }
    }
    for (Path input : inputs) {
      OutputFile.requireOther(command, output, input, "the input");
    }
    OutputFile.requireWritable(output);
  }

  /**
   * Writes a table.
   *
   * @param headerRead the header of the cache it comes from, if it comes from one
   * @return what was written, with what its form cannot hold
   */
  TableFile write(CommandSpec command, CalibrationTable table, Optional<String> headerRead)
      throws IOException {
    TableFormat asked = format(command);
    try {
      List<String> losses = write(asked, table, headerRead);
      return new TableFile(FileSize.of(output), asked, table, losses, Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new CommandException("cannot write \"" + output + "\": " + e.getMessage(), e);
    }
  }

  private List<String> write(TableFormat asked, CalibrationTable table, Optional<String> headerRead)
      throws IOException {
    return switch (asked) {
      case JSON -> {
        CalibrationTableJson.write(table, output);
        yield List.of();
      }
      case CACHE -> {
        Conversion<TensorRtCalibrationCache> cache =
            TensorRtCalibrationCache.from(
                table, header != null ? header : headerRead.orElse(USUAL_HEADER));
        cache.result().write(output);
        yield cache.losses();
      }
      case ONNXRUNTIME_JSON -> OnnxRuntimeCalibrationTable.writeJson(table, output);
      case ONNXRUNTIME_TEXT -> OnnxRuntimeCalibrationTable.writeText(table, output);
    };
  }
}
