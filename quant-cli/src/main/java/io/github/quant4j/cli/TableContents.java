/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.Provenance;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What reports show of a calibration table.
 *
 * @param table the table
 */
record TableContents(CalibrationTable table) {

  /** Adds where the table comes from, a line for each thing it states. */
  void writeOrigin(TextLines text) {
    origin().forEach((label, value) -> value.ifPresent(stated -> text.add(label, stated)));
    text.add("samples", String.format(Locale.ROOT, "%,d", table.sampleCount()));
  }

  /** Adds how many tensors there are. */
  void writeCount(TextLines text) {
    int count = table.tensors().size();
    text.add(
        "tensors",
        String.format(
            Locale.ROOT,
            "%,d, %,d with histogram",
            count,
            count - table.tensorsWithoutHistogram().size()));
  }

  /** Adds a line for each tensor. */
  void writeTensors(TextLines text) {
    table.tensors().forEach(tensor -> text.add(line(tensor)));
  }

  /** Adds a line for each of the tensors with the largest values. */
  void writeWidest(TextLines text, int count) {
    widest(count).forEach(tensor -> text.add("widest", line(tensor)));
  }

  /** Writes the fields of a table: where it comes from, and a list of its tensors. */
  void writeJson(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("provenance");
    Provenance provenance = table.provenance();
    json.writeStringField("method", provenance.method().orElse(null));
    json.writeStringField("modelDigest", provenance.modelDigest().orElse(null));
    json.writeStringField("dataDigest", provenance.dataDigest().orElse(null));
    json.writeStringField("libraryVersion", provenance.libraryVersion().orElse(null));
    json.writeStringField("runtimeVersion", provenance.runtimeVersion().orElse(null));
    json.writeEndObject();
    json.writeNumberField("samples", table.sampleCount());
    json.writeArrayFieldStart("tensors");
    for (String tensor : table.tensors()) {
      json.writeStartObject();
      writeTensor(json, tensor, calibration(tensor));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeTensor(JsonGenerator json, String tensor, TensorCalibration calibration)
      throws IOException {
    json.writeStringField("tensor", tensor);
    json.writeNumberField("minimum", calibration.range().minimum());
    json.writeNumberField("maximum", calibration.range().maximum());
    json.writeBooleanField("chosen", calibration.chosenRange().isPresent());
    json.writeBooleanField("histogram", calibration.histogram().isPresent());
    if (calibration.statistics().isEmpty()) {
      json.writeNullField("seen");
      return;
    }
    TensorStatistics seen = calibration.statistics().get();
    json.writeObjectFieldStart("seen");
    json.writeNumberField("minimum", seen.minimum());
    json.writeNumberField("maximum", seen.maximum());
    json.writeNumberField("count", seen.count());
    json.writeNumberField("nonFiniteCount", seen.nonFiniteCount());
    json.writeEndObject();
  }

  private Map<String, Optional<String>> origin() {
    Provenance provenance = table.provenance();
    Map<String, Optional<String>> origin = new LinkedHashMap<>();
    origin.put("method", provenance.method());
    origin.put("model", provenance.modelDigest());
    origin.put("data", provenance.dataDigest());
    origin.put("library", provenance.libraryVersion());
    origin.put("runtime", provenance.runtimeVersion());
    return origin;
  }

  private List<String> widest(int count) {
    Comparator<String> byMagnitude =
        Comparator.comparingDouble(tensor -> -calibration(tensor).range().absoluteMaximum());
    return table.tensors().stream()
        .sorted(byMagnitude.thenComparing(Comparator.naturalOrder()))
        .limit(count)
        .toList();
  }

  private String line(String tensor) {
    TensorCalibration calibration = calibration(tensor);
    StringBuilder line =
        new StringBuilder(String.format("%s: %s", tensor, text(calibration.range())));
    calibration
        .statistics()
        .ifPresent(
            seen -> {
              if (calibration.chosenRange().isPresent()) {
                line.append(" of ").append(text(seen.range()));
              }
              line.append(String.format(Locale.ROOT, ", %,d values", seen.count()));
              if (seen.nonFiniteCount() > 0) {
                line.append(String.format(Locale.ROOT, ", %,d not finite", seen.nonFiniteCount()));
              }
            });
    return line.toString();
  }

  private static String text(ValueRange range) {
    return "[" + range.minimum() + ", " + range.maximum() + "]";
  }

  private TensorCalibration calibration(String tensor) {
    return table.calibration(tensor).orElseThrow();
  }
}
