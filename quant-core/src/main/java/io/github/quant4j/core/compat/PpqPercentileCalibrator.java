/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;
import java.util.Arrays;

/**
 * The percentile observer of PPQ: quantiles of every batch, averaged over batches.
 *
 * <p>Formula, with n values of a batch in order and P the part kept: the lower end is value {@code
 * floor(n * (1 - P))} and the upper end value {@code min(floor(n * P), n - 1)}, from 0; the range
 * is the mean of both over batches. Its quirks:
 *
 * <ul>
 *   <li>The result depends on the size of batches: with P = 0.9999 nothing is cut off a batch of
 *       fewer than 10,000 values at the top, nor at the bottom.
 *   <li>Every batch weighs the same, however long.
 * </ul>
 *
 * <p>Domain: finite values. Rounding: positions in double, the mean in float32 one by one. Cost: a
 * sort of each batch; two numbers are kept.
 *
 * <p>Not thread-safe.
 *
 * <p>Source: {@code TorchPercentileObserver} of PPQ 0.6.6 on a CPU, the default of its TensorRT
 * platform.
 */
public final class PpqPercentileCalibrator implements PeerCalibrator {

  private final double part;
  private float lowerSum;
  private float upperSum;
  private int batchCount;

  private PpqPercentileCalibrator(double part) {
    this.part = part;
  }

  /**
   * Returns a calibrator that keeps a part of the values.
   *
   * @param part from above 0.5 to 1; the peer's default is 0.9999
   * @return a new calibrator
   * @throws IllegalArgumentException if the part is out of its range
   */
  public static PpqPercentileCalibrator create(double part) {
    if (!(part > 0.5 && part <= 1)) {
      throw new IllegalArgumentException("part is " + part + ", expected above 0.5 to 1");
    }
    return new PpqPercentileCalibrator(part);
  }

  @Override
  public void observe(float[] batch) {
    Batch.rangeOf(batch);
    float[] sorted = batch.clone();
    Arrays.sort(sorted);
    lowerSum += sorted[(int) (sorted.length * (1 - part))];
    upperSum += sorted[Math.min((int) (sorted.length * part), sorted.length - 1)];
    batchCount++;
  }

  @Override
  public ValueRange range() {
    if (batchCount == 0) {
      throw Batch.noBatch();
    }
    return new ValueRange(lowerSum / batchCount, upperSum / batchCount);
  }
}
