/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.histogram.HistogramSnapshot;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A histogram in JSON: the exponent of its bin width and, for each sign, the runs of bins with a
 * count above 0. A run is an array of its first bin and the counts from there on: {@code [[0,12,5],
 * [7,1]]} has 12 values in bin 0, 5 in bin 1 and 1 in bin 7.
 *
 * <p>Extremes and non-finite count are those of the statistics beside it.
 */
final class HistogramJson {

  private final long[] positive;
  private final long[] negative;
  private final long exponent;

  private HistogramJson(long[] positive, long[] negative, long exponent) {
    this.positive = positive;
    this.negative = negative;
    this.exponent = exponent;
  }

  static HistogramJson read(JsonCursor cursor, TableBounds bounds) throws IOException {
    cursor.requireObject();
    long @Nullable [] positive = null;
    long @Nullable [] negative = null;
    Long exponent = null;
    while (cursor.nextField()) {
      switch (cursor.field()) {
        case "binWidthExponent" -> exponent = cursor.integer();
        case "negative" -> negative = readRuns(cursor, bounds);
        case "positive" -> positive = readRuns(cursor, bounds);
        default -> throw cursor.unknownField("binWidthExponent, negative or positive");
      }
    }
    return new HistogramJson(
        cursor.required(positive, "positive"),
        cursor.required(negative, "negative"),
        cursor.required(exponent, "binWidthExponent"));
  }

  static void write(JsonGenerator out, HistogramSnapshot histogram, TableBounds bounds)
      throws IOException {
    long[] positive = histogram.positive();
    long[] negative = histogram.negative();
    bounds.addBins(positive.length + negative.length);
    out.writeStartObject();
    out.writeNumberField("binWidthExponent", histogram.exponent());
    out.writeFieldName("negative");
    writeRuns(out, negative);
    out.writeFieldName("positive");
    writeRuns(out, positive);
    out.writeEndObject();
  }

  /** Returns the histogram of these counts, which has to fit the statistics of the same tensor. */
  HistogramSnapshot with(TensorStatistics statistics) {
    HistogramSnapshot histogram =
        HistogramSnapshot.of(
            positive,
            negative,
            statistics.minimum(),
            statistics.maximum(),
            statistics.nonFiniteCount());
    if (histogram.count() != statistics.count()) {
      throw new IllegalArgumentException(
          "histogram has %s values, expected the %s of the statistics"
              .formatted(histogram.count(), statistics.count()));
    }
    if (histogram.exponent() != exponent) {
      throw new IllegalArgumentException(
          "binWidthExponent is %s, expected %s for values from %s to %s"
              .formatted(
                  exponent, histogram.exponent(), statistics.minimum(), statistics.maximum()));
    }
    return histogram;
  }

  private static long[] readRuns(JsonCursor cursor, TableBounds bounds) throws IOException {
    cursor.requireArray();
    long[] counts = new long[HistogramSnapshot.BIN_COUNT];
    int end = 0;
    while (cursor.nextElement()) {
      end = readRun(cursor, counts, end);
    }
    int binCount = end;
    cursor.check(() -> bounds.addBins(binCount));
    return Arrays.copyOf(counts, end);
  }

  /** Reads a run that starts at a bin from {@code end} on, and returns the end of its bins. */
  private static int readRun(JsonCursor cursor, long[] counts, int end) throws IOException {
    cursor.requireArray();
    cursor.nextElement();
    long first = cursor.integer();
    if (first < end || first >= counts.length) {
      throw cursor.malformed(
          "run starts at bin %s, expected %s to %s".formatted(first, end, counts.length - 1));
    }
    int bin = (int) first;
    while (cursor.nextElement()) {
      if (bin == counts.length) {
        throw cursor.malformed("run goes on, expected at most " + counts.length + " bins");
      }
      counts[bin] = cursor.integer();
      if (counts[bin] < 1) {
        throw cursor.malformed("count is " + counts[bin] + ", expected 1 or more");
      }
      bin++;
    }
    return bin;
  }

  private static void writeRuns(JsonGenerator out, long[] counts) throws IOException {
    out.writeStartArray();
    boolean inRun = false;
    for (int bin = 0; bin < counts.length; bin++) {
      if (counts[bin] == 0) {
        endRun(out, inRun);
      } else {
        if (!inRun) {
          out.writeStartArray();
          out.writeNumber(bin);
        }
        out.writeNumber(counts[bin]);
      }
      inRun = counts[bin] > 0;
    }
    endRun(out, inRun);
    out.writeEndArray();
  }

  private static void endRun(JsonGenerator out, boolean inRun) throws IOException {
    if (inRun) {
      out.writeEndArray();
    }
  }
}
