/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;
import java.util.Arrays;

/**
 * The histogram of ONNX Runtime's percentile calibrator over magnitudes.
 *
 * <p>The bins lie between the smallest and the largest magnitude of the first batch; a later batch
 * that is larger adds bins of the same width at the top. Used by one thread.
 *
 * <p>Source: {@code HistogramCollector.collect_absolute_value} of onnxruntime.quantization 1.30.
 */
final class MagnitudeHistogram {

  private final int binCount;
  private long[] counts = {};
  private float[] edges = {};
  private float minimum = Float.POSITIVE_INFINITY;
  private float maximum = Float.NEGATIVE_INFINITY;

  MagnitudeHistogram(int binCount) {
    this.binCount = binCount;
  }

  void observe(float[] batch) {
    ValueRange seen = Batch.rangeOf(batch);
    minimum = Math.min(minimum, seen.minimum());
    maximum = Math.max(maximum, seen.maximum());
    float[] magnitudes = Batch.magnitudes(batch);
    if (edges.length == 0) {
      ValueRange range = Batch.rangeOf(magnitudes);
      edges = NumpyBins.edges(range.minimum(), range.maximum(), binCount);
      counts = NumpyBins.countEqual(magnitudes, edges);
      return;
    }
    extendTo(seen.absoluteMaximum());
    long[] added = NumpyBins.count(magnitudes, edges);
    for (int bin = 0; bin < counts.length; bin++) {
      added[bin] += counts[bin];
    }
    counts = added;
  }

  long[] counts() {
    if (edges.length == 0) {
      throw Batch.noBatch();
    }
    return counts;
  }

  /** Returns the range of magnitudes below an edge, as far as values were seen. */
  ValueRange upTo(int edge) {
    return Batch.ordered(Math.max(-edges[edge], minimum), Math.min(edges[edge], maximum));
  }

  private void extendTo(float magnitude) {
    float last = edges[edges.length - 1];
    if (magnitude > last) {
      float width = edges[1] - edges[0];
      float[] added = NumpyBins.arange(last + width, magnitude + width, width);
      int length = edges.length;
      edges = Arrays.copyOf(edges, length + added.length);
      System.arraycopy(added, 0, edges, length, added.length);
    }
  }
}
