/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the ranges of a table as the JSON of {@code write_calibration_table}, with its spaces. */
final class OnnxRuntimeJsonWriter {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private OnnxRuntimeJsonWriter() {}

  static void write(CalibrationTable table, OutputStream out) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.setPrettyPrinter(oneLine());
      json.writeStartObject();
      for (String tensor : table.tensors()) {
        ValueRange range = table.range(tensor).orElseThrow();
        json.writeObjectFieldStart(tensor);
        json.writeNumberField("lowest", (double) range.minimum());
        json.writeNumberField("highest", (double) range.maximum());
        json.writeStringField("CLS", "TensorData");
        json.writeEndObject();
      }
      json.writeEndObject();
    }
  }

  private static DefaultPrettyPrinter oneLine() {
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEntrySpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withObjectIndenter(DefaultPrettyPrinter.NopIndenter.instance);
  }
}
