/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes the text of {@code write_calibration_table}: a name, a space, a magnitude. */
final class OnnxRuntimeText {

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][-+]?[0-9]+)?");

  private OnnxRuntimeText() {}

  static Conversion<CalibrationTable> read(InputStream in, @Nullable Path path) throws IOException {
    TextLines lines = new TextLines(in, new TableOrigin("ONNX Runtime calibration cache", path));
    Losses losses = Losses.create();
    CalibrationTable.Builder table = CalibrationTable.builder();
    for (String line = lines.nextWithText(); line != null; line = lines.nextWithText()) {
      int space = line.lastIndexOf(' ');
      if (space < 0) {
        throw lines.malformed(
            0, "found " + TableText.quoted(line) + ", expected '<tensor> <magnitude>'");
      }
      float magnitude = magnitude(lines, line, space + 1);
      String tensor = line.substring(0, space);
      try {
        TableText.requireOneLine("name of a tensor", tensor);
        table.put(tensor, TensorCalibration.of(new ValueRange(0 - magnitude, magnitude)));
      } catch (IllegalArgumentException e) {
        throw lines.malformed(e);
      }
      losses.add("range taken from max(lowest, highest), may be too small", tensor);
    }
    return new Conversion<>(table.build(), losses.toList());
  }

  static void write(CalibrationTable table, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String tensor : table.tensors()) {
      float magnitude = table.range(tensor).orElseThrow().absoluteMaximum();
      text.append(TableText.requireOneLine("name of a tensor", tensor))
          .append(' ')
          .append(NumberOutput.toString((double) magnitude, true))
          .append('\n');
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  static List<String> losses(CalibrationTable table) {
    Losses losses = Losses.ofRangesOnly(table);
    for (String tensor : table.tensors()) {
      ValueRange range = table.range(tensor).orElseThrow();
      if (range.minimum() != -range.maximum()) {
        losses.add("asymmetric range widened to its largest magnitude", tensor);
      }
    }
    return losses.toList(table.provenance());
  }

  private static float magnitude(TextLines lines, String line, int start) {
    String number = line.substring(start).strip();
    float magnitude = NUMBER.matcher(number).matches() ? Float.parseFloat(number) : Float.NaN;
    if (!Float.isFinite(magnitude)) {
      throw lines.malformed(
          line, start, "magnitude is " + TableText.quoted(number) + ", expected a finite number");
    }
    if (magnitude < 0) {
      throw lines.malformed(
          line,
          start,
          "magnitude is %s, expected 0 or more; onnxruntime writes the end next to 0 of a range"
                  .formatted(number)
              + " below 0, so read calibration.json instead");
    }
    return Math.abs(magnitude); // -0.0
  }
}
