/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one calibration table from JSON. */
final class CalibrationTableJsonReader {

  private final JsonCursor cursor;
  private final TableBounds bounds = TableBounds.create();
  private final CalibrationTable.Builder table = CalibrationTable.builder();

  private CalibrationTableJsonReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  static CalibrationTable read(InputStream in, @Nullable Path path) throws IOException {
    TableOrigin origin = new TableOrigin("calibration table", path);
    try (JsonCursor cursor = JsonCursor.open(in, origin)) {
      return new CalibrationTableJsonReader(cursor).read();
    }
  }

  private CalibrationTable read() throws IOException {
    cursor.requireObject();
    format();
    version();
    boolean hasTensors = false;
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "provenance" -> provenance();
        case "tensors" -> {
          tensors();
          hasTensors = true;
        }
        default -> throw cursor.unknownField("provenance or tensors");
      }
    }
    cursor.required(hasTensors ? table : null, "tensors");
    cursor.requireEnd();
    return table.build();
  }

  private void format() throws IOException {
    if (!cursor.nextField() || !cursor.field().equals("format")) {
      throw cursor.malformed("table does not begin with the field 'format'");
    }
    String format = cursor.text();
    if (!format.equals(CalibrationTableJson.FORMAT)) {
      throw cursor.malformed(
          "format is %s, expected '%s'"
              .formatted(TableText.quoted(format), CalibrationTableJson.FORMAT));
    }
  }

  private void version() throws IOException {
    if (!cursor.nextField() || !cursor.field().equals("version")) {
      throw cursor.malformed("table has not the field 'version' after 'format'");
    }
    long version = cursor.integer();
    if (version != CalibrationTableJson.VERSION) {
      throw cursor.malformed(
          "version is %s, expected %s; read the table with the version of Quant4J that wrote it"
              .formatted(version, CalibrationTableJson.VERSION));
    }
  }

  private void provenance() throws IOException {
    cursor.requireObject();
    Provenance.Builder provenance = Provenance.builder();
    while (cursor.nextField()) {
      String field = cursor.field();
      switch (field) {
        case Provenance.DATA_DIGEST,
            Provenance.LIBRARY_VERSION,
            Provenance.METHOD,
            Provenance.MODEL_DIGEST,
            Provenance.RUNTIME_VERSION -> {
          String text = cursor.text();
          cursor.checked(() -> provenance.text(field, text));
        }
        case "sampleCount" -> {
          long count = cursor.integer();
          cursor.checked(() -> provenance.sampleCount(count));
        }
        default ->
            throw cursor.unknownField(
                "dataDigest, libraryVersion, method, modelDigest, runtimeVersion or sampleCount");
      }
    }
    table.provenance(provenance.build());
  }

  private void tensors() throws IOException {
    cursor.requireObject();
    while (cursor.nextField()) {
      String tensor = cursor.field();
      cursor.check(bounds::addTensor);
      TensorCalibration calibration = tensor();
      cursor.checked(() -> table.put(tensor, calibration));
    }
  }

  private TensorCalibration tensor() throws IOException {
    cursor.requireObject();
    TensorStatistics statistics = null;
    HistogramJson histogram = null;
    ValueRange range = null;
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "histogram" -> histogram = HistogramJson.read(cursor, bounds);
        case "range" -> range = range();
        case "statistics" -> statistics = statistics();
        default -> throw cursor.unknownField("histogram, range or statistics");
      }
    }
    if (statistics == null && histogram == null) {
      return TensorCalibration.of(cursor.required(range, "range' or 'statistics"));
    }
    TensorCalibration seen = seen(cursor.required(statistics, "statistics"), histogram);
    return range == null ? seen : seen.withRange(range);
  }

  private TensorCalibration seen(TensorStatistics statistics, @Nullable HistogramJson histogram) {
    if (histogram == null) {
      return TensorCalibration.of(statistics);
    }
    HistogramSnapshot snapshot = cursor.checked(() -> histogram.with(statistics));
    return TensorCalibration.of(snapshot);
  }

  private ValueRange range() throws IOException {
    cursor.requireObject();
    Float minimum = null;
    Float maximum = null;
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "maximum" -> maximum = cursor.number();
        case "minimum" -> minimum = cursor.number();
        default -> throw cursor.unknownField("maximum or minimum");
      }
    }
    float low = cursor.required(minimum, "minimum");
    float high = cursor.required(maximum, "maximum");
    return cursor.checked(() -> new ValueRange(low, high));
  }

  private TensorStatistics statistics() throws IOException {
    cursor.requireObject();
    Float minimum = null;
    Float maximum = null;
    Long count = null;
    Long nonFiniteCount = null;
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "count" -> count = cursor.integer();
        case "maximum" -> maximum = cursor.number();
        case "minimum" -> minimum = cursor.number();
        case "nonFiniteCount" -> nonFiniteCount = cursor.integer();
        default -> throw cursor.unknownField("count, maximum, minimum or nonFiniteCount");
      }
    }
    float low = cursor.required(minimum, "minimum");
    float high = cursor.required(maximum, "maximum");
    long finite = cursor.required(count, "count");
    long other = cursor.required(nonFiniteCount, "nonFiniteCount");
    return cursor.checked(() -> new TensorStatistics(low, high, finite, other));
  }
}
