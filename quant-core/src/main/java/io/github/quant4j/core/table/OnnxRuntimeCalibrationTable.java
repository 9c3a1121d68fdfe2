/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The calibration tables of ONNX Runtime's Python tools: a range for each tensor, as JSON or text.
 *
 * <p>JSON ({@code calibration.json} of {@code write_calibration_table}, and the file of {@code
 * save_tensors_data}) holds {@code lowest} and {@code highest}, each a number or a NumPy array of
 * one number:
 *
 * <pre>{@code
 * {"input": {"lowest": -1.0, "highest": 3.0, "CLS": "TensorData"}}
 * }</pre>
 *
 * <p>Text ({@code calibration.cache}) holds one magnitude a line, after the name and a space:
 *
 * <pre>{@code
 * input 3.0
 * }</pre>
 *
 * <ul>
 *   <li>ONNX Runtime writes {@code max(lowest, highest)} into the text where {@code max(|lowest|,
 *       |highest|)} is meant: the range -5 to 1 becomes 1. This class writes 5. Reading takes the
 *       number for the magnitude and says so in the losses; a number below 0 is refused, since it
 *       comes from a tensor without positive values and its magnitude is unknown. The JSON form is
 *       exact.
 *   <li>JSON is written as ONNX Runtime does, in the order of the names, numbers as the shortest
 *       decimal of their float64; equal tables give equal bytes.
 *   <li>Other fields of a tensor, such as {@code hist}, are skipped and listed in the losses: their
 *       bins have other edges than those of this library.
 *   <li>A range per channel, NaN, infinity, and a range that ends below its begin are malformed.
 *   <li>Bounds: 1 GiB of JSON, 1,048,576 tensors, names of 65,535 characters.
 * </ul>
 *
 * <p>The third file of ONNX Runtime, {@code calibration.flatbuffers}, holds the numbers of the text
 * form and is neither read nor written.
 *
 * <p>Source: onnxruntime 1.30, {@code onnxruntime/quantization/quant_utils.py} and {@code
 * calibrate.py}.
 */
public final class OnnxRuntimeCalibrationTable {

  private OnnxRuntimeCalibrationTable() {}

  /**
   * Reads JSON.
   *
   * @param path the file
   * @return a table of chosen ranges without statistics, and the fields that were skipped
   * @throws IOException if the file can't be read
   * @throws TableFormatException if it is no such table
   */
  public static Conversion<CalibrationTable> readJson(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return OnnxRuntimeJsonReader.read(in, path);
    }
  }

  /**
   * Reads JSON from a stream to its end.
   *
   * @param in the stream; stays open
   * @return a table of chosen ranges without statistics, and the fields that were skipped
   * @throws IOException if the stream can't be read
   * @throws TableFormatException if it holds no such table
   */
  public static Conversion<CalibrationTable> readJson(InputStream in) throws IOException {
    return OnnxRuntimeJsonReader.read(in, null);
  }

  /**
   * Reads text.
   *
   * @param path the file
   * @return a table of chosen symmetric ranges without statistics, and what they may lack
   * @throws IOException if the file can't be read
   * @throws TableFormatException if it is no such table
   */
  public static Conversion<CalibrationTable> readText(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return OnnxRuntimeText.read(in, path);
    }
  }

  /**
   * Reads text from a stream to its end.
   *
   * @param in the stream; stays open
   * @return a table of chosen symmetric ranges without statistics, and what they may lack
   * @throws IOException if the stream can't be read
   * @throws TableFormatException if it holds no such table
   */
  public static Conversion<CalibrationTable> readText(InputStream in) throws IOException {
    return OnnxRuntimeText.read(in, null);
  }

  /**
   * Writes JSON, in place of the file if it exists; a failed write leaves the old file.
   *
   * @param table the table
   * @param path the file
   * @return what the file can't hold
   * @throws IOException if the file can't be written
   */
  public static List<String> writeJson(CalibrationTable table, Path path) throws IOException {
    AtomicFile.write(path, out -> OnnxRuntimeJsonWriter.write(table, out));
    return Losses.ofRangesOnly(table).toList(table.provenance());
  }

  /**
   * Writes JSON.
   *
   * @param table the table
   * @param out the stream; stays open
   * @return what the text can't hold
   * @throws IOException if the stream can't be written
   */
  public static List<String> writeJson(CalibrationTable table, OutputStream out)
      throws IOException {
    OnnxRuntimeJsonWriter.write(table, out);
    return Losses.ofRangesOnly(table).toList(table.provenance());
  }

  /**
   * Writes text, in place of the file if it exists; a failed write leaves the old file.
   *
   * @param table the table
   * @param path the file
   * @return what the file can't hold
   * @throws IOException if the file can't be written
   * @throws IllegalArgumentException if a name has a line break
   */
  public static List<String> writeText(CalibrationTable table, Path path) throws IOException {
    AtomicFile.write(path, out -> OnnxRuntimeText.write(table, out));
    return OnnxRuntimeText.losses(table);
  }

  /**
   * Writes text.
   *
   * @param table the table
   * @param out the stream; stays open
   * @return what the text can't hold
   * @throws IOException if the stream can't be written
   * @throws IllegalArgumentException if a name has a line break
   */
  public static List<String> writeText(CalibrationTable table, OutputStream out)
      throws IOException {
    OnnxRuntimeText.write(table, out);
    return OnnxRuntimeText.losses(table);
  }
}
