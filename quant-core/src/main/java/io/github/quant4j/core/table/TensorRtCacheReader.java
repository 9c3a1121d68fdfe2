/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of a TensorRT calibration cache. */
final class TensorRtCacheReader {

  /** What follows the colon; the space before a lone 0 tells it from a name cut off at ":0". */
  private static final Pattern SCALE =
      Pattern.compile("[ \\t]*([0-9A-Fa-f]{8})[ \\t]*|[ \\t]+(0)[ \\t]*");

  private final TextLines lines;
  private final Map<String, Float> scales = new LinkedHashMap<>();

  private TensorRtCacheReader(TextLines lines) {
    this.lines = lines;
  }

  static TensorRtCalibrationCache read(InputStream in, @Nullable Path path) throws IOException {
    TableOrigin origin = new TableOrigin("TensorRT calibration cache", path);
    return new TensorRtCacheReader(new TextLines(in, origin)).read();
  }

  private TensorRtCalibrationCache read() throws IOException {
    String header = header();
    for (String line = lines.nextWithText(); line != null; line = lines.nextWithText()) {
      entry(line);
    }
    return TensorRtCalibrationCache.of(header, scales);
  }

  private String header() throws IOException {
    String line = lines.next();
    String header = line == null ? "" : line;
    try {
      TensorRtCalibrationCache.requireHeader(header);
    } catch (IllegalArgumentException e) {
      throw lines.malformed(e);
    }
    return header;
  }

  private void entry(String line) {
    int colon = line.lastIndexOf(':');
    if (colon < 0) {
      throw lines.malformed(
          0, "found " + TableText.quoted(line) + ", expected '<tensor>: <hexadecimal scale>'");
    }
    String tensor = line.substring(0, colon);
    float scale = scale(line, colon + 1);
    try {
      TensorRtCalibrationCache.requireEntry(tensor, scale);
    } catch (IllegalArgumentException e) {
      throw lines.malformed(e);
    }
    if (scales.putIfAbsent(tensor, scale) != null) {
      throw lines.malformed(
          0, "tensor " + TableText.quoted(tensor) + " is listed again, expected every name once");
    }
  }

  private float scale(String line, int start) {
    String text = line.substring(start);
    Matcher matcher = SCALE.matcher(text);
    if (!matcher.matches()) {
      throw lines.malformed(
          line,
          start,
          "scale is " + TableText.quoted(text.strip()) + ", expected 8 hexadecimal digits");
    }
    String digits = matcher.group(1);
    return digits == null ? 0f : Float.intBitsToFloat(Integer.parseUnsignedInt(digits, 16));
  }
}
