/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what a conversion loses, one line a kind. Not thread-safe. */
final class Losses {

  private final Map<String, Affected> kinds = new TreeMap<>();

  private Losses() {}

  static Losses create() {
    return new Losses();
  }

  /** Returns what every format loses that holds one range a tensor and nothing else. */
  static Losses ofRangesOnly(CalibrationTable table) {
    Losses losses = new Losses();
    for (String tensor : table.tensors()) {
      TensorCalibration calibration = table.calibration(tensor).orElseThrow();
      if (calibration.statistics().isPresent()) {
        losses.add("counts of values left out", tensor);
        if (calibration.chosenRange().isPresent()) {
          losses.add("minimum and maximum left out in favour of the chosen range", tensor);
        }
      }
      if (calibration.histogram().isPresent()) {
        losses.add("histogram left out", tensor);
      }
    }
    return losses;
  }

  void add(String kind, String tensor) {
    kinds.merge(kind, new Affected(tensor, 1), (seen, one) -> seen.andOne());
  }

  /** Returns the kinds in alphabetical order, after them whether the provenance is left out. */
  List<String> toList(Provenance leftOut) {
    List<String> lines = toList();
    if (!leftOut.isEmpty()) {
      lines.add("provenance left out");
    }
    return lines;
  }

  List<String> toList() {
    List<String> lines = new ArrayList<>();
    kinds.forEach((kind, affected) -> lines.add(kind + " (" + affected + ")"));
    return lines;
  }

  private record Affected(String first, int count) {

    Affected andOne() {
      return new Affected(first, count + 1);
    }

    @Override
    public String toString() {
      return count == 1
          ? "tensor " + TableText.quoted(first)
          : count + " tensors, first " + TableText.quoted(first);
    }
  }
}
