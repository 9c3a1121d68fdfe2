/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import java.util.Arrays;

/**
 * Bins and counts of float32 values as {@code numpy.histogram} makes them. Thread-safe: no state.
 *
 * <p>Source: {@code histogram}, {@code linspace}, {@code arange} and {@code cumsum} of NumPy 2.4
 * over float32.
 */
final class NumpyBins {

  private NumpyBins() {}

  /**
   * Returns {@code minimum + i * step} with {@code step = (maximum - minimum) / binCount}, the last
   * edge exact. A range of one point is widened by 0.5 on both sides.
   *
   * @throws QuantizationException if neighbouring edges are not apart, as NumPy refuses it
   */
  static float[] edges(float minimum, float maximum, int binCount) {
    float low = minimum == maximum ? minimum - 0.5f : minimum;
    float high = minimum == maximum ? maximum + 0.5f : maximum;
    float step = (high - low) / binCount;
    float[] edges = new float[binCount + 1];
    for (int i = 0; i < binCount; i++) {
      edges[i] = i * step + low;
    }
    edges[binCount] = high;
    for (int i = 0; i < binCount; i++) {
      if (!(edges[i] < edges[i + 1])) {
        throw new QuantizationException(
            "numpy.histogram fails on the range [%s, %s]: %s bins are more than float32 can tell"
                    .formatted(minimum, maximum, binCount)
                + " apart; use fewer bins");
      }
    }
    return edges;
  }

  /**
   * Counts values in equal bins between given edges. The bin is computed and then moved by one
   * where the edges say otherwise; values outside are dropped.
   */
  static long[] countEqual(float[] values, float[] edges) {
    int binCount = edges.length - 1;
    float low = edges[0];
    float high = edges[binCount];
    float span = high - low;
    long[] counts = new long[binCount];
    for (float value : values) {
      if (value >= low && value <= high) {
        int bin = Math.min(binCount - 1, (int) ((value - low) / span * binCount));
        if (value < edges[bin]) {
          bin--;
        }
        if (value >= edges[bin + 1] && bin != binCount - 1) {
          bin++;
        }
        counts[bin]++;
      }
    }
    return counts;
  }

  /** Counts values between edges that need not be equally far apart, the last bin closed. */
  static long[] count(float[] values, float[] edges) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    long[] counts = new long[edges.length - 1];
    int at = 0;
    while (at < sorted.length && sorted[at] < edges[0]) {
      at++;
    }
    for (int bin = 0; bin < counts.length; bin++) {
      float end = edges[bin + 1];
      boolean isLast = bin == counts.length - 1;
      while (at < sorted.length && (sorted[at] < end || (isLast && sorted[at] == end))) {
        counts[bin]++;
        at++;
      }
    }
    return counts;
  }

  /** Returns {@code numpy.arange(start, stop, step)}. */
  static float[] arange(float start, float stop, float step) {
    int count = Math.max(0, (int) Math.ceil((stop - start) / step));
    float delta = start + step - start;
    float[] points = new float[count];
    for (int i = 0; i < count; i++) {
      points[i] = i == 1 ? start + step : start + i * delta;
    }
    return points;
  }

  /** Returns the first index at which the running sum of {@code counts / total} reaches a part. */
  static int quantile(long[] counts, double part) {
    double total = Arrays.stream(counts).sum();
    double sum = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      sum += counts[bin] / total;
      if (sum >= part) {
        return bin;
      }
    }
    return counts.length;
  }
}
