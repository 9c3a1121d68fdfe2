/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Fields that more than one report has. */
final class JsonFields {
  private JsonFields() {}

  static void file(JsonGenerator json, String name, FileSize file) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("file", file.file().toString());
    json.writeNumberField("bytes", file.bytes());
    json.writeEndObject();
  }
}
