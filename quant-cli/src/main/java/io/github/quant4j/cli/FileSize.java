/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file and its size.
 *
 * @param file the path as the user wrote it
 * @param bytes the size
 */
record FileSize(Path file, long bytes) {
  static FileSize of(Path file) throws IOException {
    return new FileSize(file, Files.size(file));
  }

  String text() {
    return String.format(Locale.ROOT, "%s, %,d bytes", file, bytes);
  }

  /** Writes an object of the file. */
  void writeJson(JsonGenerator json, String name) throws IOException {
    json.writeObjectFieldStart(name);
    writeFields(json);
    json.writeEndObject();
  }

  /** Writes the fields of such an object. */
  void writeFields(JsonGenerator json) throws IOException {
    json.writeStringField("file", file.toString());
    json.writeNumberField("bytes", bytes);
  }
}
