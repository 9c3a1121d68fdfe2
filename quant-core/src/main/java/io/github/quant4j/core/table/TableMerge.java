/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Adds up tables of disjoint samples. Not thread-safe. */
final class TableMerge {

  private final SortedMap<String, TensorCalibration> calibrations = new TreeMap<>();
  private Provenance provenance;

  /** Begins with what a table has seen, without the ranges chosen from it. */
  TableMerge(CalibrationTable first) {
    provenance = first.provenance().withoutMethod();
    addTensors(first);
  }

  void add(CalibrationTable table) {
    provenance = provenance.combine(table.provenance());
    addTensors(table);
  }

  CalibrationTable merged() {
    CalibrationTable.Builder table = CalibrationTable.builder().provenance(provenance);
    calibrations.forEach(table::put);
    return table.build();
  }

  private void addTensors(CalibrationTable table) {
    for (String tensor : table.tensors()) {
      TensorCalibration added = table.calibration(tensor).orElseThrow();
      calibrations.compute(
          tensor,
          (name, known) ->
              checked(name, () -> known == null ? added.seen() : known.combine(added)));
    }
  }

  private static TensorCalibration checked(String tensor, Supplier<TensorCalibration> sum) {
    try {
      return sum.get();
    } catch (IllegalArgumentException e) {
      throw new TableMergeException(tensor, String.valueOf(e.getMessage()), e);
    } catch (ArithmeticException e) {
      throw new TableMergeException(
          tensor, "the tables count more values than expected, at most 2^63 - 1 in all", e);
    }
  }
}
