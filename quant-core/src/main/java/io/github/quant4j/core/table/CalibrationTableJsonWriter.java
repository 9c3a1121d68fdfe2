/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Writes one calibration table as JSON. */
final class CalibrationTableJsonWriter {

  private final JsonGenerator out;

  CalibrationTableJsonWriter(JsonGenerator out) {
    this.out = out;
  }

  void write(CalibrationTable table) throws IOException {
    TableBounds bounds = TableBounds.create();
    out.writeStartObject();
    out.writeStringField("format", CalibrationTableJson.FORMAT);
    out.writeNumberField("version", CalibrationTableJson.VERSION);
    out.writeFieldName("provenance");
    provenance(table.provenance());
    out.writeObjectFieldStart("tensors");
    for (String tensor : table.tensors()) {
      bounds.addTensor();
      out.writeFieldName(tensor);
      tensor(table.calibration(tensor).orElseThrow(), bounds);
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private void provenance(Provenance provenance) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, String> text : provenance.texts().entrySet()) {
      out.writeStringField(text.getKey(), text.getValue());
    }
    out.writeNumberField("sampleCount", provenance.sampleCount());
    out.writeEndObject();
  }

  private void tensor(TensorCalibration calibration, TableBounds bounds) throws IOException {
    Optional<HistogramSnapshot> histogram = calibration.histogram();
    Optional<ValueRange> range = calibration.chosenRange();
    Optional<TensorStatistics> statistics = calibration.statistics();
    out.writeStartObject();
    if (histogram.isPresent()) {
      out.writeFieldName("histogram");
      HistogramJson.write(out, histogram.get(), bounds);
    }
    if (range.isPresent()) {
      out.writeObjectFieldStart("range");
      out.writeNumberField("maximum", range.get().maximum());
      out.writeNumberField("minimum", range.get().minimum());
      out.writeEndObject();
    }
    if (statistics.isPresent()) {
      out.writeFieldName("statistics");
      statistics(statistics.get());
    }
    out.writeEndObject();
  }

  private void statistics(TensorStatistics statistics) throws IOException {
    out.writeStartObject();
    out.writeNumberField("count", statistics.count());
    out.writeNumberField("maximum", statistics.maximum());
    out.writeNumberField("minimum", statistics.minimum());
    out.writeNumberField("nonFiniteCount", statistics.nonFiniteCount());
    out.writeEndObject();
  }
}
