/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JSON form of a {@link CalibrationTable}, which holds all of it.
 *
 * <pre>
 * {
 *   "format": "quant4j-calibration-table",
 *   "version": 1,
 *   "provenance": {
 *     "method": "minmax",
 *     "sampleCount": 512
 *   },
 *   "tensors": {
 *     "input": {
 *       "histogram": {
 *         "binWidthExponent": -11,
 *         "negative": [[1024,1]],
 *         "positive": [[0,1],[2047,1,1],[2050,1]]
 *       },
 *       "range": {
 *         "maximum": 1.0,
 *         "minimum": -1.0
 *       },
 *       "statistics": {
 *         "count": 5,
 *         "maximum": 1.0012,
 *         "minimum": -0.5,
 *         "nonFiniteCount": 1
 *       }
 *     }
 *   }
 * }
 * </pre>
 *
 * <p>The text is UTF-8. {@code format} and {@code version} come first, so that another format or a
 * later version is refused before anything else is read; all other fields are written in the order
 * of their names and read in any order. A text that is absent is left out; a tensor has {@code
 * range}, the chosen one, {@code statistics} or both, and {@code histogram} only beside {@code
 * statistics}. A run of a histogram is the first bin and the counts from there on, bins without a
 * count are in no run.
 *
 * <ul>
 *   <li>Equal tables give equal bytes on every machine and Java version.
 *   <li>What is written is read back equal, bit for bit: float32 numbers are written as the
 *       shortest decimal that is nearest to them alone, -0.0 with its sign. NaN and infinity do not
 *       occur.
 *   <li>An unknown field, a missing one, a field twice, an impossible number, a histogram that
 *       contradicts the statistics, and anything after the end are malformed.
 *   <li>Bounds: 1 GiB, 1,048,576 tensors, 33,554,432 bins of histograms in all, texts of 65,535
 *       characters. Memory is at most that of the table and 64 KiB.
 * </ul>
 */
public final class CalibrationTableJson {

  static final String FORMAT = "quant4j-calibration-table";
  static final int VERSION = 1;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .build();

  private CalibrationTableJson() {}

  /**
   * Reads a table.
   *
   * @param path the file
   * @return the table
   * @throws IOException if the file can't be read
   * @throws TableFormatException if it is no calibration table of this version
   */
  public static CalibrationTable read(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return CalibrationTableJsonReader.read(in, path);
    }
  }

  /**
   * Reads a table from a stream to its end.
   *
   * @param in the stream; stays open
   * @return the table
   * @throws IOException if the stream can't be read
   * @throws TableFormatException if it holds no calibration table of this version
   */
  public static CalibrationTable read(InputStream in) throws IOException {
    return CalibrationTableJsonReader.read(in, null);
  }

  /**
   * Writes a table, in place of the file if it exists; a failed write leaves the old file.
   *
   * @param table the table
   * @param path the file
   * @throws IOException if the file can't be written
   * @throws IllegalArgumentException if the table has more tensors or bins than can be read back
   */
  public static void write(CalibrationTable table, Path path) throws IOException {
    AtomicFile.write(path, out -> write(table, out));
  }

  /**
   * Writes a table.
   *
   * @param table the table
   * @param out the stream; stays open
   * @throws IOException if the stream can't be written
   * @throws IllegalArgumentException if the table has more tensors or bins than can be read back
   */
  public static void write(CalibrationTable table, OutputStream out) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.setPrettyPrinter(indented());
      new CalibrationTableJsonWriter(json).write(table);
      json.writeRaw('\n');
    }
  }

  private static DefaultPrettyPrinter indented() {
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withObjectIndenter(new DefaultIndenter("  ", "\n"))
        .withArrayIndenter(DefaultPrettyPrinter.NopIndenter.instance);
  }
}
