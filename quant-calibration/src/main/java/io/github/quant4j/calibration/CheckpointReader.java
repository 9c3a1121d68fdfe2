/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the fields of a checkpoint, in the format that {@link CheckpointFile} tells. No length is
 * believed: it is held against its bound before anything of that length is made, and where no bound
 * is known only what was really read is kept. The fields say nothing until the digest after them
 * was checked.
 */
final class CheckpointReader {

  private static final int MAXIMUM_TEXT_LENGTH = 65_535;

  private final DataInputStream in;

  CheckpointReader(DataInputStream in) {
    this.in = in;
  }

  CalibrationState read() throws IOException {
    beginning();
    String modelDigest = text();
    boolean hasHistograms = upTo(1, "histograms", in.readUnsignedByte()) == 1;
    long batchCount = in.readLong();
    long sampleCount = in.readLong();
    double threshold = in.readDouble();
    int window = in.readInt();
    Convergence criterion = Convergence.defaults().withThreshold(threshold).withWindow(window);
    int tensorCount = in.readInt();
    SortedMap<String, TensorState> tensors = new TreeMap<>();
    SortedMap<String, RangeHistory> histories = new TreeMap<>();
    for (int tensor = 0; tensor < tensorCount; tensor++) {
      String name = text();
      tensors.put(name, tensor());
      histories.put(name, history(criterion.window()));
    }
    ConvergenceState convergence =
        new ConvergenceState(criterion.threshold(), criterion.window(), histories);
    return new CalibrationState(
        modelDigest, hasHistograms, batchCount, sampleCount, tensors, convergence);
  }

  private void beginning() throws IOException {
    byte[] magic = in.readNBytes(CheckpointWriter.MAGIC.length());
    if (!CheckpointWriter.MAGIC.equals(new String(magic, StandardCharsets.ISO_8859_1))) {
      throw new StreamCorruptedException("it is no checkpoint of a calibration");
    }
    int version = in.readInt();
    if (version != CheckpointWriter.VERSION) {
      throw new StreamCorruptedException(
          "its format has version %s, expected %s, so another version of Quant4J wrote it"
              .formatted(version, CheckpointWriter.VERSION));
    }
  }

  private TensorState tensor() throws IOException {
    long nonFiniteCount = count();
    int kind = in.readUnsignedByte();
    if (kind == CheckpointWriter.NO_VALUE) {
      return new TensorState(nonFiniteCount, Optional.empty());
    }
    upTo(CheckpointWriter.HISTOGRAM, "kind of tensor", kind);
    ValueRange range = range();
    TensorCalibration calibration =
        kind == CheckpointWriter.STATISTICS
            ? TensorCalibration.of(
                new TensorStatistics(range.minimum(), range.maximum(), count(), nonFiniteCount))
            : TensorCalibration.of(
                HistogramSnapshot.of(
                    bins(), bins(), range.minimum(), range.maximum(), nonFiniteCount));
    return new TensorState(nonFiniteCount, Optional.of(calibration));
  }

  private RangeHistory history(int window) throws IOException {
    long lastGrowth = count();
    long length = upTo(window + 1, "ranges", count());
    List<ValueRange> ranges = new ArrayList<>();
    for (long i = 0; i < length; i++) {
      ranges.add(range());
    }
    return new RangeHistory(ranges, lastGrowth);
  }

  private ValueRange range() throws IOException {
    return new ValueRange(in.readFloat(), in.readFloat());
  }

  private long[] bins() throws IOException {
    long[] counts = new long[(int) upTo(HistogramSnapshot.BIN_COUNT, "bins", count())];
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] = count();
    }
    return counts;
  }

  private long count() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new StreamCorruptedException("a count is above 2^63 - 1");
  }

  private String text() throws IOException {
    char[] units = new char[(int) upTo(MAXIMUM_TEXT_LENGTH, "length of a text", in.readInt())];
    for (int unit = 0; unit < units.length; unit++) {
      units[unit] = in.readChar();
    }
    return new String(units);
  }

  private static long upTo(long maximum, String what, long found) throws StreamCorruptedException {
    if (found < 0 || found > maximum) {
      throw new StreamCorruptedException(
          "%s is %s, expected 0 to %s".formatted(what, found, maximum));
    }
    return found;
  }
}
