/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A model as it is stored.
 *
 * @param model the model file
 * @param data the files beside it that hold tensors, none for a model of one file
 */
record ModelFiles(FileSize model, List<FileSize> data) {
  static ModelFiles of(Path model, Collection<Path> dataFiles) throws IOException {
    List<FileSize> data = new ArrayList<>();
    for (Path file : dataFiles) {
      data.add(FileSize.of(file));
    }
    return new ModelFiles(FileSize.of(model), data);
  }

  /** Returns the size of all files together. */
  long bytes() {
    return model.bytes() + data.stream().mapToLong(FileSize::bytes).sum();
  }

  /** Adds a line for each file; {@code remark} ends the first. */
  void writeText(TextLines text, String label, String remark) {
    text.add(label, model.text() + remark);
    data.forEach(file -> text.add("data", file.text()));
  }

  /** Writes an object of the model file, with the others where there are any. */
  void writeJson(JsonGenerator json, String name) throws IOException {
    json.writeObjectFieldStart(name);
    model.writeFields(json);
    if (!data.isEmpty()) {
      json.writeArrayFieldStart("dataFiles");
      for (FileSize file : data) {
        json.writeStartObject();
        file.writeFields(json);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
