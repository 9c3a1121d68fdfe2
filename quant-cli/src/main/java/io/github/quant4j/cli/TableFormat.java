/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** A form in which calibration tables are stored. */
enum TableFormat {
  /** All that is known, as JSON. */
  JSON,
  /** The calibration cache of TensorRT: scales. */
  CACHE,
  /** The JSON of ONNX Runtime's Python tools: ranges. */
  ONNXRUNTIME_JSON,
  /** The text of ONNX Runtime's Python tools: magnitudes. */
  ONNXRUNTIME_TEXT;

  private static final int BEGINNING = 4096;
  private static final Pattern OWN = Pattern.compile("\\s*\\{\\s*\"format\"\\s*:\\s*\".*");

  /** Returns the form that a file has by the looks of its beginning. */
  static TableFormat ofContent(Path file) throws IOException {
    return ofKnownContent(file).orElse(ONNXRUNTIME_TEXT);
  }

  /** Returns the form that a file has, empty where it could be text of any kind or no table. */
  static Optional<TableFormat> ofKnownContent(Path file) throws IOException {
    String start = beginning(file);
    if (start.stripLeading().startsWith("{")) {
      boolean isOwn = OWN.matcher(start.lines().reduce("", String::concat)).matches();
      return Optional.of(isOwn ? JSON : ONNXRUNTIME_JSON);
    }
    return start.startsWith("TRT-") ? Optional.of(CACHE) : Optional.empty();
  }

  /** Returns the form that goes with the end of a name, empty where none does. */
  static Optional<TableFormat> ofName(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return Optional.of(JSON);
    }
    return name.endsWith(".cache") ? Optional.of(CACHE) : Optional.empty();
  }

  private static String beginning(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
    }
  }
}
