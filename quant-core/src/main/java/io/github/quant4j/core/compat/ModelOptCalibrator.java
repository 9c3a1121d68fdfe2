/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.observer.ValueRange;

/**
 * The calibrators of NVIDIA Model Optimizer's PyTorch side (before, pytorch-quantization) for 8
 * bits.
 *
 * <p>All but {@link #max()} collect 2,048 bins of magnitudes from 0 to the largest of the first
 * batch; a larger batch makes as many bins of the same width as it needs, laid anew from 0. The
 * range is [-t, t], or [0, t] when unsigned, with t by method:
 *
 * <ul>
 *   <li>{@link #entropy(boolean)}: the edge whose quantized histogram diverges least, see {@link
 *       ModelOptSearch#entropy}.
 *   <li>{@link #meanSquaredError(boolean)}: the bin centre with the least error, see {@link
 *       ModelOptSearch#meanSquaredError}.
 *   <li>{@link #percentile(double)}: the left edge of the first bin at which the running sum of
 *       {@code counts / total} reaches the percentile.
 *   <li>{@link #max()}: the largest magnitude.
 * </ul>
 *
 * <p>Quirks: counts of a grown histogram depend on the order of batches; the magnitude of negative
 * values counts in unsigned histograms too; all-zero data give the range [0, 0], which Model
 * Optimizer's quantizer later replaces.
 *
 * <p>Domain: finite values. Rounding: float32 histogram and error as PyTorch on x86-64. Cost: one
 * pass over each batch; the searches are of the order of the square of the number of bins.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code HistogramCalibrator} and {@code MaxCalibrator} of Model Optimizer 0.46. Its
 * ONNX side uses {@link OnnxRuntimeEntropyCalibrator} instead.
 */
public final class ModelOptCalibrator implements PeerCalibrator {

  private static final int BIN_COUNT = 2048;
  private static final int MAX_BIN_COUNT = 1 << 24;

  private final Method method;
  private final boolean isUnsigned;
  private float[] counts = {};
  private float[] edges = {};
  private float absoluteMaximum;

  private ModelOptCalibrator(Method method, boolean isUnsigned) {
    this.method = method;
    this.isUnsigned = isUnsigned;
  }

  /** Chooses the threshold from a histogram. */
  private interface Method {
    float threshold(long[] counts, float[] edges, float absoluteMaximum);
  }

  /**
   * Returns a calibrator of least divergence.
   *
   * @param isUnsigned whether 256 levels quantize magnitudes instead of 128
   * @return a new calibrator
   */
  public static ModelOptCalibrator entropy(boolean isUnsigned) {
    int levelCount = isUnsigned ? 256 : 128;
    return new ModelOptCalibrator(
        (counts, edges, maximum) -> ModelOptSearch.entropy(counts, edges, levelCount), isUnsigned);
  }

  /**
   * Returns a calibrator of least squared error.
   *
   * @param isUnsigned whether codes go from 0 to 255 instead of -127 to 127
   * @return a new calibrator
   */
  public static ModelOptCalibrator meanSquaredError(boolean isUnsigned) {
    float largestCode = isUnsigned ? 255 : 127;
    return new ModelOptCalibrator(
        (counts, edges, maximum) -> ModelOptSearch.meanSquaredError(counts, edges, largestCode),
        isUnsigned);
  }

  /**
   * Returns a calibrator of a percentile of magnitudes.
   *
   * @param percentile from 0 to 100; the peer's default is 99.99
   * @return a new calibrator
   * @throws IllegalArgumentException if the percentile is out of its range
   */
  public static ModelOptCalibrator percentile(double percentile) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new IllegalArgumentException("percentile is " + percentile + ", expected 0 to 100");
    }
    return new ModelOptCalibrator(
        (counts, edges, maximum) -> edges[NumpyBins.quantile(counts, percentile / 100)], false);
  }

  /**
   * Returns a calibrator of the largest magnitude.
   *
   * @return a new calibrator
   */
  public static ModelOptCalibrator max() {
    return new ModelOptCalibrator((counts, edges, maximum) -> maximum, false);
  }

  @Override
  public void observe(float[] batch) {
    float largest = Batch.rangeOf(batch).absoluteMaximum();
    absoluteMaximum = Math.max(absoluteMaximum, largest);
    int binCount = counts.length;
    if (edges.length == 0) {
      binCount = BIN_COUNT;
      edges = TorchBins.linspace(0, largest, BIN_COUNT + 1);
    } else if (largest > edges[edges.length - 1]) {
      float width = edges[1] - edges[0];
      double wanted = Math.ceil(largest / width);
      if (!(wanted <= MAX_BIN_COUNT)) {
        throw new QuantizationException(
            "a batch with a magnitude of %s asks for bins of %s, expected at most %s of them"
                    .formatted(largest, width, MAX_BIN_COUNT)
                + "; begin with a larger batch");
      }
      binCount = (int) wanted;
      edges = TorchBins.arange(largest + width, width);
    }
    float[] values = Batch.magnitudes(batch);
    float[] added = TorchBins.count(values, binCount, 0, edges[edges.length - 1]);
    for (int bin = 0; bin < counts.length; bin++) {
      added[bin] += counts[bin];
    }
    counts = added;
  }

  @Override
  public ValueRange range() {
    if (edges.length == 0) {
      throw Batch.noBatch();
    }
    long[] whole = new long[counts.length];
    for (int bin = 0; bin < whole.length; bin++) {
      whole[bin] = (int) counts[bin];
    }
    float threshold = method.threshold(whole, edges, absoluteMaximum);
    return new ValueRange(isUnsigned ? 0f : -threshold, threshold);
  }
}
