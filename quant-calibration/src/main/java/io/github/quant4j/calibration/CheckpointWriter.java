/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the fields of a checkpoint, in the format that {@link CheckpointFile} tells. */
final class CheckpointWriter {

  static final String MAGIC = "Q4JCHECK";
  static final int VERSION = 1;
  static final int NO_VALUE = 0;
  static final int STATISTICS = 1;
  static final int HISTOGRAM = 2;

  private final DataOutputStream out;

  CheckpointWriter(DataOutputStream out) {
    this.out = out;
  }

  void write(CalibrationState state) throws IOException {
    out.writeBytes(MAGIC);
    out.writeInt(VERSION);
    text(state.modelDigest());
    out.writeBoolean(state.hasHistograms());
    out.writeLong(state.batchCount());
    out.writeLong(state.sampleCount());
    ConvergenceState convergence = state.convergence();
    out.writeDouble(convergence.threshold());
    out.writeInt(convergence.window());
    out.writeInt(state.tensors().size());
    for (Map.Entry<String, TensorState> tensor : state.tensors().entrySet()) {
      text(tensor.getKey());
      tensor(tensor.getValue());
      history(convergence.histories().getOrDefault(tensor.getKey(), RangeHistory.NONE));
    }
  }

  private void tensor(TensorState state) throws IOException {
    count(state.nonFiniteCount());
    Optional<TensorStatistics> statistics =
        state.calibration().flatMap(TensorCalibration::statistics);
    Optional<HistogramSnapshot> histogram =
        state.calibration().flatMap(TensorCalibration::histogram);
    if (histogram.isPresent()) {
      out.writeByte(HISTOGRAM);
      range(histogram.get().minimum(), histogram.get().maximum());
      bins(histogram.get().positive());
      bins(histogram.get().negative());
    } else if (statistics.isPresent()) {
      out.writeByte(STATISTICS);
      range(statistics.get().minimum(), statistics.get().maximum());
      count(statistics.get().count());
    } else {
      out.writeByte(NO_VALUE);
    }
  }

  private void history(RangeHistory history) throws IOException {
    count(history.lastGrowth());
    List<ValueRange> ranges = history.ranges();
    count(ranges.size());
    for (ValueRange range : ranges) {
      range(range.minimum(), range.maximum());
    }
  }

  private void range(float minimum, float maximum) throws IOException {
    out.writeFloat(minimum);
    out.writeFloat(maximum);
  }

  private void bins(long[] counts) throws IOException {
    count(counts.length);
    for (long count : counts) {
      count(count);
    }
  }

  /* Most bins of a histogram hold few values: 2 or 3 bytes instead of 8. */
  private void count(long value) throws IOException {
    long rest = value;
    while (rest > 0x7F) {
      out.writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  private void text(String text) throws IOException {
    out.writeInt(text.length());
    out.writeChars(text);
  }
}
