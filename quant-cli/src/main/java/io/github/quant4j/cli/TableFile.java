/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.Conversion;
import io.github.quant4j.core.table.OnnxRuntimeCalibrationTable;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A calibration table and the file it was read from or written to.
 *
 * @param file the file
 * @param format its form
 * @param table what was read, or what was to be written
 * @param losses what the form does not tell, or cannot hold, a line for each kind
 * @param cacheHeader the first line of a calibration cache that was read, else empty
 */
record TableFile(
    FileSize file,
    TableFormat format,
    CalibrationTable table,
    List<String> losses,
    Optional<String> cacheHeader) {

  /** Reads a table of any form, known by its content. */
  static TableFile read(Path file) throws IOException {
    requireFile(file);
    TableFormat format = TableFormat.ofContent(file);
    FileSize size = FileSize.of(file);
    return switch (format) {
      case JSON ->
          new TableFile(size, format, CalibrationTableJson.read(file), List.of(), Optional.empty());
      case CACHE -> {
        TensorRtCalibrationCache cache = TensorRtCalibrationCache.read(file);
        Conversion<CalibrationTable> table = cache.toTable();
        yield new TableFile(
            size, format, table.result(), table.losses(), Optional.of(cache.header()));
      }
      case ONNXRUNTIME_JSON -> of(size, format, OnnxRuntimeCalibrationTable.readJson(file));
      case ONNXRUNTIME_TEXT -> of(size, format, OnnxRuntimeCalibrationTable.readText(file));
    };
  }

  /** Returns the file, its size and its form. */
  String text() {
    return file.text() + ", " + ChoiceConverter.word(format);
  }

  private static TableFile of(
      FileSize size, TableFormat format, Conversion<CalibrationTable> table) {
    return new TableFile(size, format, table.result(), table.losses(), Optional.empty());
  }

  private static void requireFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file) || Files.size(file) == 0) {
      throw new CommandException(
          "\"" + file + "\" is empty or no file; expected a calibration table, the path of one");
    }
  }
}
