/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

/** Counts what the JSON form of a table may hold, the same for its reader and its writer. */
final class TableBounds {

  static final int MAXIMUM_TENSORS = 1 << 20;
  static final int MAXIMUM_BINS = 1 << 25;

  private int tensorCount;
  private int binCount;

  private TableBounds() {}

  static TableBounds create() {
    return new TableBounds();
  }

  void addTensor() {
    tensorCount++;
    if (tensorCount > MAXIMUM_TENSORS) {
      throw new IllegalArgumentException(
          "table has more tensors than expected, at most " + MAXIMUM_TENSORS);
    }
  }

  void addBins(int count) {
    binCount += count;
    if (binCount > MAXIMUM_BINS) {
      throw new IllegalArgumentException(
          "histograms have more bins than expected, at most " + MAXIMUM_BINS + " in all");
    }
  }
}
