/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;
import java.util.Arrays;

/**
 * The {@code HistogramObserver} of PyTorch: 2,048 bins over the values seen, then a search for the
 * 8-bit range of least squared error.
 *
 * <p>The bins lie on [minimum, maximum] of the first batch. When a later batch is wider, they are
 * laid on the new range: every old bin is cut in 16 parts of 1/16 of its count, and each part goes
 * to the new bin that its middle falls in. {@link #range()} is then the result of {@link
 * TorchRangeSearch}. Its quirks:
 *
 * <ul>
 *   <li>The full range is never the result of data of more than one value: the first step of the
 *       search is always taken, so at least the last bin is cut off.
 *   <li>A squared error forgives no outlier: of 10,000 values below 5 and one of 40 it keeps 39.98.
 *   <li>Infinite values are dropped. NaN, which turns PyTorch's scale into NaN, is refused here.
 *   <li>Values of one batch after another move counts by rounding: the result depends on the order
 *       of batches, though little.
 *   <li>Where cubes of the range leave float32, beyond about 1e12 and below 1e-13, the search
 *       compares infinities or zeros and may walk off to one end.
 * </ul>
 *
 * <p>Rounding: float32 throughout, operation by operation as PyTorch on x86-64, the sums in the
 * order of its vectorised loops. Cost: one pass over each batch, 32,768 parts per widening; the
 * search up to some thousand passes over the bins.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code torch.ao.quantization.HistogramObserver} of PyTorch 2.13 with an 8-bit dtype;
 * the same range serves symmetric and affine schemes.
 */
public final class TorchHistogramObserver implements PeerCalibrator {

  static final int BIN_COUNT = 2048;

  private static final int PARTS = 16;

  private float[] counts = {};
  private float minimum;
  private float maximum;

  private TorchHistogramObserver() {}

  /**
   * Returns an observer that has seen nothing.
   *
   * @return a new observer
   */
  public static TorchHistogramObserver create() {
    return new TorchHistogramObserver();
  }

  /**
   * Takes in the values of one batch.
   *
   * @param batch at least one float32 value, not NaN; infinite ones are dropped
   * @throws IllegalArgumentException if the batch is empty or holds NaN
   */
  @Override
  public void observe(float[] batch) {
    Batch.requireValues(batch);
    float[] values = withoutInfinities(batch);
    if (values.length == 0) {
      return;
    }
    ValueRange seen = Batch.rangeOf(values);
    if (counts.length == 0) {
      minimum = seen.minimum();
      maximum = seen.maximum();
      counts = TorchBins.count(values, BIN_COUNT, minimum, maximum);
      return;
    }
    float low = Math.min(minimum, seen.minimum());
    float high = Math.max(maximum, seen.maximum());
    float[] added = TorchBins.count(values, BIN_COUNT, low, high);
    float[] old = low == minimum && high == maximum ? counts : onRange(low, high);
    for (int bin = 0; bin < BIN_COUNT; bin++) {
      added[bin] += old[bin];
    }
    counts = added;
    minimum = low;
    maximum = high;
  }

  @Override
  public ValueRange range() {
    if (counts.length == 0) {
      throw Batch.noBatch();
    }
    return new TorchRangeSearch(counts, minimum, maximum).best();
  }

  private float[] onRange(float low, float high) {
    if (minimum == maximum) {
      float[] counted = TorchBins.count(new float[] {minimum}, BIN_COUNT, low, high);
      float sum = CascadeSum.of(counts, BIN_COUNT);
      for (int bin = 0; bin < BIN_COUNT; bin++) {
        counted[bin] *= sum;
      }
      return counted;
    }
    float[] middles = TorchBins.linspace(minimum, maximum, BIN_COUNT * PARTS + 1);
    float halfPart = 0.5f * ((maximum - minimum) / (BIN_COUNT * PARTS));
    float[] edges = TorchBins.linspace(low, high, BIN_COUNT + 1);
    float[] result = new float[BIN_COUNT];
    for (int part = 0; part < BIN_COUNT * PARTS; part++) {
      int bin = lastNotAbove(edges, middles[part] + halfPart);
      result[Math.max(0, Math.min(BIN_COUNT - 1, bin))] += counts[part / PARTS] / PARTS;
    }
    return result;
  }

  /** Returns the index of the last edge that is not above a value, -1 if there is none. */
  private static int lastNotAbove(float[] edges, float value) {
    int from = 0;
    int to = edges.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (edges[middle] > value) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from - 1;
  }

  private static float[] withoutInfinities(float[] batch) {
    float[] kept = new float[batch.length];
    int length = 0;
    for (float value : batch) {
      if (!Float.isInfinite(value)) {
        kept[length++] = value;
      }
    }
    return length == batch.length ? batch : Arrays.copyOf(kept, length);
  }
}
