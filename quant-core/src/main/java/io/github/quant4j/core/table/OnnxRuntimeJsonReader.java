/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of {@code write_calibration_table}, an object of tensors, and of {@code
 * save_tensors_data}, which begins with {@code "CLS": "TensorsData"} and has the tensors in {@code
 * data}.
 */
final class OnnxRuntimeJsonReader {

  private final JsonCursor cursor;
  private final TableBounds bounds = TableBounds.create();
  private final Losses losses = Losses.create();
  private final CalibrationTable.Builder table = CalibrationTable.builder();

  private OnnxRuntimeJsonReader(JsonCursor cursor) {
    this.cursor = cursor;
  }

  static Conversion<CalibrationTable> read(InputStream in, @Nullable Path path) throws IOException {
    TableOrigin origin = new TableOrigin("ONNX Runtime calibration table", path);
    try (JsonCursor cursor = JsonCursor.open(in, origin)) {
      return new OnnxRuntimeJsonReader(cursor).read();
    }
  }

  private Conversion<CalibrationTable> read() throws IOException {
    cursor.requireObject();
    if (cursor.nextField()) {
      if (cursor.field().equals("CLS") && cursor.isText()) {
        tensorsData();
      } else {
        tensors();
      }
    }
    cursor.requireEnd();
    return new Conversion<>(table.build(), losses.toList());
  }

  private void tensorsData() throws IOException {
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "data" -> {
          cursor.requireObject();
          if (cursor.nextField()) {
            tensors();
          }
        }
        case "calibration_method" -> method();
        default -> cursor.skip();
      }
    }
  }

  /** Reads {@code {"CLS": "CalibrationMethod", "value": "CalibrationMethod.MinMax"}}. */
  private void method() throws IOException {
    cursor.requireObject();
    while (cursor.nextField()) {
      if (cursor.field().equals("value")) {
        String method = cursor.text();
        cursor.checked(() -> table.provenance(Provenance.builder().method(method).build()));
      } else {
        cursor.skip();
      }
    }
  }

  /** Reads from the first tensor on to the end of the object. */
  private void tensors() throws IOException {
    do {
      String tensor = cursor.field();
      cursor.check(bounds::addTensor);
      ValueRange range = range(tensor);
      cursor.checked(() -> table.put(tensor, TensorCalibration.of(range)));
    } while (cursor.nextField());
  }

  private ValueRange range(String tensor) throws IOException {
    cursor.requireObject();
    Float lowest = null;
    Float highest = null;
    while (cursor.nextField()) {
      String field = cursor.field();
      switch (field) {
        case "CLS" -> cursor.skip();
        case "highest" -> highest = scalar();
        case "lowest" -> lowest = scalar();
        default -> {
          losses.add(TableText.quoted(field) + " left out", tensor);
          cursor.skip();
        }
      }
    }
    float low = cursor.required(lowest, "lowest");
    float high = cursor.required(highest, "highest");
    return cursor.checked(() -> new ValueRange(low, high));
  }

  /** Reads a number, or {@code {"data": 3.0, "dtype": "float32", "CLS": "numpy.array"}}. */
  private float scalar() throws IOException {
    if (!cursor.isObject()) {
      return cursor.number();
    }
    Float data = null;
    while (cursor.nextField()) {
      if (cursor.field().equals("data")) {
        data = element();
      } else {
        cursor.skip();
      }
    }
    return cursor.required(data, "data");
  }

  /** Reads the number of an array of one element in any number of dimensions. */
  private float element() throws IOException {
    int depth = 0;
    while (cursor.isArray()) {
      cursor.nextElement();
      depth++;
    }
    float number = cursor.number();
    for (; depth > 0; depth--) {
      if (cursor.nextElement()) {
        throw cursor.malformed("found another element, expected one range for the whole tensor");
      }
    }
    return number;
  }
}
