/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxException;
import java.util.IdentityHashMap;
import java.util.List;

/** The ranges of a calibration table, all of which a plan needs. */
final class ObservedRanges {
  private final CalibrationTable table;
  private final IdentityHashMap<List<String>, ValueRange> unions = new IdentityHashMap<>();

  ObservedRanges(CalibrationTable table) {
    this.table = table;
  }

  /** Returns the range of one tensor. */
  ValueRange of(String tensor) {
    return table
        .range(tensor)
        .orElseThrow(
            () ->
                new OnnxException(
                    ("the calibration table has no range of tensor \"%s\" among its %s;"
                            + " calibrate with this plan's observation points")
                        .formatted(tensor, table.tensors().size())));
  }

  /**
   * Returns the smallest range that holds those of all given tensors, at least one. Looked up once
   * a list: pairs of one scale hold the same list, which may be as long as they are many.
   */
  ValueRange unionOf(List<String> tensors) {
    return unions.computeIfAbsent(tensors, this::united);
  }

  private ValueRange united(List<String> tensors) {
    ValueRange union = of(tensors.get(0));
    for (String tensor : tensors) {
      ValueRange range = of(tensor);
      union =
          new ValueRange(
              Math.min(union.minimum(), range.minimum()),
              Math.max(union.maximum(), range.maximum()));
    }
    return union;
  }
}
