/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.tensorrt.EngineBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that give TensorRT ranges for a float model, so that it is INT8 without Q/DQ. */
final class ImplicitOptions {
  private static final String CALIBRATOR = "--calibrator";
  private static final String CACHE = "--cache";
  private static final String TABLE = "--table";

  @Option(
      names = CALIBRATOR,
      paramLabel = "CALIBRATOR",
      converter = ChoiceConverter.OfCalibrator.class,
      description =
          "Let TensorRT choose the ranges of a float model from the samples of --data: entropy2,"
              + " minmax or entropy. TensorRT 11 has no calibrators.")
  private @Nullable CalibratorChoice calibrator;

  @Option(
      names = SampleOptions.DATA,
      paramLabel = "SOURCE",
      description = SampleOptions.DATA_DESCRIPTION)
  private @Nullable Path data;

  @Option(
      names = CACHE,
      paramLabel = "FILE",
      description =
          "Keep what the calibrator finds in a file, and take it from there in the next build.")
  private @Nullable Path cache;

  @Option(
      names = TABLE,
      paramLabel = "TABLE",
      description =
          "Take the ranges of a float model from a calibration table of any form instead.")
  private @Nullable Path table;

  /** Tells whether ranges are given. */
  boolean isGiven() {
    return calibrator != null || table != null;
  }

  /** Returns the files that are read or kept. */
  List<Path> files() {
    return Stream.of(data, cache, table).filter(Objects::nonNull).toList();
  }

  /** Returns the samples, null where no calibrator needs any. */
  @Nullable Path data() {
    return data;
  }

  /** Makes sure that the options go together. */
  void requireConsistent(CommandSpec command) {
    refuse(
        command,
        calibrator != null && table != null,
        CALIBRATOR + " and " + TABLE + " both give ranges; remove one");
    refuse(
        command,
        calibrator != null && data == null,
        CALIBRATOR + " needs samples; give them with " + SampleOptions.DATA + "=SOURCE");
    refuse(
        command,
        calibrator == null && data != null,
        SampleOptions.DATA
            + " is for a calibrator; choose one with "
            + CALIBRATOR
            + ", or compare answers on samples with "
            + CheckOptions.CHECK);
    refuse(
        command,
        calibrator == null && cache != null,
        CACHE + " keeps what a calibrator finds; choose one with " + CALIBRATOR);
  }

  /** Reads the table, empty where none is given. */
  Optional<CalibrationTable> readTable() throws IOException {
    return table == null ? Optional.empty() : Optional.of(TableFile.read(table).table());
  }

  /** Returns a builder with the calibrator that was chosen, if one was. */
  EngineBuilder applyTo(EngineBuilder builder, CalibrationSource samples) {
    return calibrator == null ? builder : builder.calibrator(calibrator.of(samples, cache));
  }

  private static void refuse(CommandSpec command, boolean isWrong, String message) {
    if (isWrong) {
      throw new ParameterException(command.commandLine(), message);
    }
  }
}
