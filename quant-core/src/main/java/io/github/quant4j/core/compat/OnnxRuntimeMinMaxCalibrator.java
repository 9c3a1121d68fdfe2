/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;
import java.util.Arrays;

/**
 * The MinMax calibrator of ONNX Runtime, with its two kinds of averages.
 *
 * <p>A round is one call of the peer's {@code collect_data}; every batch until {@link #endRound()}
 * belongs to it. Formula: within a round [min, max] of all batches, or, averaging, the mean of the
 * batches' minima and the mean of their maxima; symmetric, [-a, a] with the larger magnitude a of
 * both. Over rounds the union of ranges, or, averaging, {@code old + constant * (new - old)} for
 * each end. Its quirks:
 *
 * <ul>
 *   <li>The averaging constant has no effect within a round, where all batches weigh the same.
 *   <li>The average over rounds depends on their order.
 * </ul>
 *
 * <p>Domain: finite values. Rounding: float32, the sum for the mean in NumPy's order. Cost: one
 * pass over each batch; two numbers per batch of a round that averages.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code MinMaxCalibrater} of onnxruntime.quantization 1.30, per tensor, without {@code
 * max_intermediate_outputs}, which loses data there.
 */
public final class OnnxRuntimeMinMaxCalibrator implements PeerCalibrator {

  private final boolean isSymmetric;
  private final boolean isAveraging;
  private final float constant;
  private float[] minima = {};
  private float[] maxima = {};
  private float[] merged = {};

  private OnnxRuntimeMinMaxCalibrator(boolean isSymmetric, boolean isAveraging, double constant) {
    this.isSymmetric = isSymmetric;
    this.isAveraging = isAveraging;
    this.constant = (float) constant;
  }

  /**
   * Returns a calibrator of the union of all batches.
   *
   * @param isSymmetric whether to widen the range of a round around 0; the peer's default is false
   * @return a new calibrator
   */
  public static OnnxRuntimeMinMaxCalibrator create(boolean isSymmetric) {
    return new OnnxRuntimeMinMaxCalibrator(isSymmetric, false, 0);
  }

  /**
   * Returns a calibrator of the average over batches, with the peer's {@code moving_average}.
   *
   * @param isSymmetric whether to widen the range of a round around 0; the peer's default is false
   * @param constant what a new round weighs, from 0 to 1; the peer's default is 0.01
   * @return a new calibrator
   * @throws IllegalArgumentException if the constant is out of its range
   */
  public static OnnxRuntimeMinMaxCalibrator averaging(boolean isSymmetric, double constant) {
    if (!(constant >= 0 && constant <= 1)) {
      throw new IllegalArgumentException("constant is " + constant + ", expected 0 to 1");
    }
    return new OnnxRuntimeMinMaxCalibrator(isSymmetric, true, constant);
  }

  @Override
  public void observe(float[] batch) {
    ValueRange seen = Batch.rangeOf(batch);
    if (!isAveraging && minima.length > 0) {
      minima[0] = Math.min(minima[0], seen.minimum());
      maxima[0] = Math.max(maxima[0], seen.maximum());
    } else {
      minima = append(minima, seen.minimum());
      maxima = append(maxima, seen.maximum());
    }
  }

  /** Ends a round and merges it with the rounds before; does nothing after no batch. */
  public void endRound() {
    if (minima.length > 0) {
      ValueRange range = range();
      merged = new float[] {range.minimum(), range.maximum()};
      minima = new float[0];
      maxima = new float[0];
    }
  }

  @Override
  public ValueRange range() {
    if (minima.length == 0) {
      if (merged.length == 0) {
        throw Batch.noBatch();
      }
      return new ValueRange(merged[0], merged[1]);
    }
    float low = mean(minima);
    float high = mean(maxima);
    if (isSymmetric) {
      high = Math.max(Math.abs(low), Math.abs(high));
      low = -high;
    }
    if (merged.length == 0) {
      return new ValueRange(low, high);
    }
    return isAveraging
        ? new ValueRange(
            merged[0] + constant * (low - merged[0]), merged[1] + constant * (high - merged[1]))
        : new ValueRange(Math.min(merged[0], low), Math.max(merged[1], high));
  }

  private static float mean(float[] values) {
    return (float) (PairwiseSum.of(values, 0, values.length) / (double) values.length);
  }

  private static float[] append(float[] values, float value) {
    float[] longer = Arrays.copyOf(values, values.length + 1);
    longer[values.length] = value;
    return longer;
  }
}
