/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;

/**
 * The percentile calibrator of ONNX Runtime, on magnitudes or on values of both signs.
 *
 * <p>Formula, with F the running sum of {@code counts / total} and percentile P: symmetric, of
 * magnitudes, [-t, t] where t is the left edge of the first bin with {@code F >= P / 100};
 * asymmetric, the left edges of the first bins with {@code F >= c} and {@code F >= 1 - c}, where
 * {@code c = (100 - P) / 200}. The ends are cut to the values seen. Its quirks:
 *
 * <ul>
 *   <li>Symmetric, each end is cut by itself, so the range may be lopsided.
 *   <li>Symmetric, the bins begin at the smallest magnitude of the first batch; later values below
 *       it are lost. Bins are added at the top as {@code numpy.arange} makes them.
 *   <li>Symmetric is the peer's default; its other calibrators default to asymmetric.
 *   <li>Asymmetric, bins are added on both sides as for the entropy calibrator, and F over a grown
 *       histogram depends on the order of batches.
 * </ul>
 *
 * <p>Domain: finite values. Rounding: edges in float32, F in double. Cost: one pass over each
 * batch, sorted when symmetric.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code PercentileCalibrater} of onnxruntime.quantization 1.30.
 */
public final class OnnxRuntimePercentileCalibrator implements PeerCalibrator {

  private static final int BIN_COUNT = 2048;

  private final double percentile;
  private final boolean isSymmetric;
  private final SignedHistogram signed = new SignedHistogram(BIN_COUNT);
  private final MagnitudeHistogram magnitudes = new MagnitudeHistogram(BIN_COUNT);

  private OnnxRuntimePercentileCalibrator(double percentile, boolean isSymmetric) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new IllegalArgumentException("percentile is " + percentile + ", expected 0 to 100");
    }
    this.percentile = percentile;
    this.isSymmetric = isSymmetric;
  }

  /**
   * Returns a calibrator of magnitudes, with the 2,048 bins that are the peer's default.
   *
   * @param percentile from 0 to 100; the peer's default is 99.999
   * @return a new calibrator
   * @throws IllegalArgumentException if the percentile is out of its range
   */
  public static OnnxRuntimePercentileCalibrator symmetric(double percentile) {
    return new OnnxRuntimePercentileCalibrator(percentile, true);
  }

  /**
   * Returns a calibrator of values of both signs, with the 2,048 bins that are the peer's default.
   *
   * @param percentile from 0 to 100; the peer's default is 99.999
   * @return a new calibrator
   * @throws IllegalArgumentException if the percentile is out of its range
   */
  public static OnnxRuntimePercentileCalibrator asymmetric(double percentile) {
    return new OnnxRuntimePercentileCalibrator(percentile, false);
  }

  @Override
  public void observe(float[] batch) {
    if (isSymmetric) {
      magnitudes.observe(batch);
    } else {
      signed.observe(batch);
    }
  }

  @Override
  public ValueRange range() {
    if (isSymmetric) {
      return magnitudes.upTo(NumpyBins.quantile(magnitudes.counts(), percentile / 100));
    }
    double cut = (100 - percentile) / 200;
    int upper = NumpyBins.quantile(signed.counts(), 1 - cut);
    return signed.between(NumpyBins.quantile(signed.counts(), cut), upper);
  }
}
