/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.observer.ValueRange;

/**
 * The entropy calibrator of ONNX Runtime: of all ranges around 0 that are as many bins to either
 * side, the one whose quantized histogram diverges least from the histogram.
 *
 * <p>Formula: {@code min over i of KL(p_i || q_i)}, {@code i} from {@code levelCount / 2} to {@code
 * binCount / 2}; see {@link OnnxRuntimeDivergence} for p and q. The first minimum wins; its edges
 * are cut to the values seen. Its quirks:
 *
 * <ul>
 *   <li>The peer's defaults of 128 bins and 128 levels leave one candidate, the full range: this is
 *       MinMax under another name, until a later batch adds bins.
 *   <li>As bins are added with every wider batch, the result depends on the order of batches and on
 *       their size.
 *   <li>Very sparse histograms end the search with a failed assertion, here a {@link
 *       QuantizationException}.
 * </ul>
 *
 * <p>Domain: finite values. Rounding: float32, operation by operation as NumPy on x86-64. Cost: of
 * the order of {@code binCount^2 / 4}.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code EntropyCalibrater} of onnxruntime.quantization 1.30, after S. Migacz (2017),
 * 8-bit inference with TensorRT, GTC, and the calibration of Apache MXNet. {@link
 * io.github.quant4j.core.range.EntropySelector} is this library's own.
 */
public final class OnnxRuntimeEntropyCalibrator implements PeerCalibrator {

  private final SignedHistogram histogram;
  private final int levelCount;

  private OnnxRuntimeEntropyCalibrator(int binCount, int levelCount) {
    if (levelCount < 2 || levelCount > binCount) {
      throw new IllegalArgumentException(
          "levelCount is %s, expected 2 to binCount, %s".formatted(levelCount, binCount));
    }
    this.histogram = new SignedHistogram(binCount);
    this.levelCount = levelCount;
  }

  /**
   * Returns a calibrator with the peer's defaults, 128 bins and 128 levels.
   *
   * @return a new calibrator
   */
  public static OnnxRuntimeEntropyCalibrator create() {
    return create(128, 128);
  }

  /**
   * Returns a calibrator with a number of bins and levels.
   *
   * @param binCount {@code num_bins} of the peer, the bins of the first batch
   * @param levelCount {@code num_quantized_bins} of the peer, from 2 to {@code binCount}
   * @return a new calibrator
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static OnnxRuntimeEntropyCalibrator create(int binCount, int levelCount) {
    return new OnnxRuntimeEntropyCalibrator(binCount, levelCount);
  }

  @Override
  public void observe(float[] batch) {
    histogram.observe(batch);
  }

  @Override
  public ValueRange range() {
    OnnxRuntimeDivergence divergence = new OnnxRuntimeDivergence(histogram.counts(), levelCount);
    int binCount = histogram.counts().length;
    int middle = binCount / 2;
    int best = levelCount / 2;
    float least = Float.POSITIVE_INFINITY;
    for (int side = levelCount / 2; side <= middle; side++) {
      float value = divergence.between(middle - side, Math.min(middle + side + 1, binCount));
      if (value < least) {
        least = value;
        best = side;
      }
    }
    return histogram.between(middle - best, Math.min(middle + best + 1, binCount));
  }
}
