/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.observer.ValueRange;

/**
 * The histogram of ONNX Runtime's calibrators over values of both signs.
 *
 * <p>The bins lie on [-t, t], where t is the largest magnitude of the first batch. A later batch
 * with a larger magnitude t' adds {@code floor((t' - t) / width) + 1} bins on each side, so the
 * number of bins grows with the data and the new edge lies beyond t'. After an all-zero first batch
 * the number of bins stays and the old counts, which belong to the middle of [-0.5, 0.5], are added
 * bin by bin.
 *
 * <p>Used by one thread.
 *
 * <p>Source: {@code HistogramCollector.collect_value} and {@code merge_histogram} of
 * onnxruntime.quantization 1.30.
 */
final class SignedHistogram {

  /** A later batch can ask for any number of bins; ONNX Runtime runs out of memory instead. */
  private static final int MAX_BIN_COUNT = 1 << 24;

  private long[] counts;
  private float[] edges = {};
  private float minimum;
  private float maximum;
  private float threshold;

  SignedHistogram(int binCount) {
    if (binCount < 2) {
      throw new IllegalArgumentException("binCount is " + binCount + ", expected 2 or more");
    }
    this.counts = new long[binCount];
  }

  void observe(float[] batch) {
    ValueRange seen = Batch.rangeOf(batch);
    if (edges.length == 0) {
      minimum = seen.minimum();
      maximum = seen.maximum();
      layOut(seen.absoluteMaximum(), counts.length);
    } else if (seen.absoluteMaximum() > threshold) {
      widen(seen.absoluteMaximum());
    }
    minimum = Math.min(minimum, seen.minimum());
    maximum = Math.max(maximum, seen.maximum());
    long[] added = NumpyBins.countEqual(batch, edges);
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] += added[bin];
    }
  }

  long[] counts() {
    if (edges.length == 0) {
      throw Batch.noBatch();
    }
    return counts;
  }

  /** Returns the range between two edges, as far as values were seen. */
  ValueRange between(int lowerEdge, int upperEdge) {
    return Batch.ordered(Math.max(edges[lowerEdge], minimum), Math.min(edges[upperEdge], maximum));
  }

  private void widen(float magnitude) {
    if (threshold == 0) {
      layOut(magnitude, counts.length);
      return;
    }
    float width = 2 * threshold / counts.length;
    float added = FloorDivision.of(magnitude - threshold, width) + 1;
    if (!(counts.length + 2 * added <= MAX_BIN_COUNT)) {
      throw new QuantizationException(
          "a batch with a magnitude of %s adds %.0f bins to the %s on [-%s, %s], expected at most %s"
                  .formatted(
                      magnitude, 2 * added, counts.length, threshold, threshold, MAX_BIN_COUNT)
              + " in all; begin with a larger batch");
    }
    long[] wider = new long[counts.length + 2 * (int) added];
    System.arraycopy(counts, 0, wider, (int) added, counts.length);
    counts = wider;
    layOut(added * width + threshold, counts.length);
  }

  private void layOut(float newThreshold, int binCount) {
    threshold = newThreshold;
    edges = NumpyBins.edges(-newThreshold, newThreshold, binCount);
  }
}
