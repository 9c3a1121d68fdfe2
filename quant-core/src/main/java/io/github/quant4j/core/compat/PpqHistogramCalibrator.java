/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;

/**
 * The histogram observers of PPQ for symmetric 8-bit codes, the second of their two passes.
 *
 * <p>The first pass finds the range of all values, as {@link
 * io.github.quant4j.core.observer.MinMaxObserver} does. The second counts magnitudes in equal bins
 * from 0 to the largest, so the result does not depend on the order of batches. The range is [-t,
 * t] with t by method:
 *
 * <ul>
 *   <li>{@link #divergence(ValueRange)}: 4,096 bins, see {@link PpqSearch#divergence}. PPQ takes
 *       {@code t / 128} as the scale, not {@code t / 127.5} as for its other ranges: see {@link
 *       #scale()}.
 *   <li>{@link #meanSquaredError(ValueRange)}: 2,048 bins, see {@link PpqSearch#meanSquaredError}.
 *       The 256 levels of both signs are laid on magnitudes alone.
 * </ul>
 *
 * <p>Domain: finite values, magnitudes up to that of the first pass. Rounding: float32 histogram as
 * PyTorch on x86-64, the search in float32 and double. Cost: one pass over each batch; the searches
 * take 32 and 9 passes over the bins.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code TorchHistObserver} and {@code TorchMSEObserver} of PPQ 0.6.6 on a CPU.
 */
public final class PpqHistogramCalibrator implements PeerCalibrator {

  private static final float LEAST_SCALE = 1e-8f;

  private final Method method;
  private final double binWidth;
  private final float[] counts;
  private boolean isFilled;

  private PpqHistogramCalibrator(Method method, ValueRange observed) {
    this.method = method;
    this.binWidth = (double) observed.absoluteMaximum() / method.binCount;
    this.counts = new float[method.binCount];
  }

  private enum Method {
    DIVERGENCE(4096),
    MEAN_SQUARED_ERROR(2048);

    private final int binCount;

    Method(int binCount) {
      this.binCount = binCount;
    }
  }

  /**
   * Returns a calibrator of least divergence.
   *
   * @param observed the range of all values, from the first pass
   * @return a new calibrator
   */
  public static PpqHistogramCalibrator divergence(ValueRange observed) {
    return new PpqHistogramCalibrator(Method.DIVERGENCE, observed);
  }

  /**
   * Returns a calibrator of least squared error.
   *
   * @param observed the range of all values, from the first pass
   * @return a new calibrator
   */
  public static PpqHistogramCalibrator meanSquaredError(ValueRange observed) {
    return new PpqHistogramCalibrator(Method.MEAN_SQUARED_ERROR, observed);
  }

  @Override
  public void observe(float[] batch) {
    Batch.rangeOf(batch);
    float end = (float) (binWidth * counts.length);
    float[] added = TorchBins.count(Batch.magnitudes(batch), counts.length, 0, end);
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] += added[bin];
    }
    isFilled = true;
  }

  @Override
  public ValueRange range() {
    float threshold = (float) threshold();
    return new ValueRange(-threshold, threshold);
  }

  /**
   * Returns the scale that the peer computes from the range for int8 codes from -128 to 127.
   *
   * @return {@code t / 128} by divergence, {@code 2 t / 255} by squared error, at least 1e-8
   * @throws IllegalStateException if there was no batch
   */
  public float scale() {
    double scale = method == Method.DIVERGENCE ? threshold() / 128 : 2 * threshold() / 255;
    return Math.max((float) scale, LEAST_SCALE);
  }

  private double threshold() {
    if (!isFilled) {
      throw Batch.noBatch();
    }
    int best =
        method == Method.DIVERGENCE
            ? PpqSearch.divergence(counts)
            : PpqSearch.meanSquaredError(counts);
    return best * binWidth;
  }
}
