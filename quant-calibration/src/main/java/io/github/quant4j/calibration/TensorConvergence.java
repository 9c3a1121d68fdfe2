/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.observer.ValueRange;
import java.util.Optional;

/**
 * How the range of one tensor moved over the last batches. Immutable and thread-safe.
 *
 * @param tensor its name
 * @param range from the smallest to the largest finite value seen
 * @param earlierRange the same {@link Convergence#window()} batches ago; empty where no value was
 *     seen by then
 * @param lastGrowth the last batch, counted from 1, that alone raised the largest magnitude by more
 *     than the threshold; the first that had a value, if no later one did
 */
public record TensorConvergence(
    String tensor, ValueRange range, Optional<ValueRange> earlierRange, long lastGrowth) {

  /**
   * Checks the values.
   *
   * @param tensor the name of the tensor
   * @param range its range
   * @param earlierRange its range some batches ago, if any
   * @param lastGrowth the last batch that raised the largest magnitude
   * @throws IllegalArgumentException if {@code lastGrowth < 1}
   */
  public TensorConvergence {
    requireNonNull(tensor, "tensor");
    requireNonNull(range, "range");
    requireNonNull(earlierRange, "earlierRange");
    if (lastGrowth < 1) {
      throw new IllegalArgumentException(
          "lastGrowth is batch %s, expected 1 or more".formatted(lastGrowth));
    }
  }

  /**
   * Returns by how much the last batches changed the scale of symmetric INT8, see {@link
   * Convergence}.
   *
   * @return {@code (a - b) / a} with the largest magnitudes {@code a} now and {@code b} a window of
   *     batches ago, from 0 to 1; 0 where both are 0, 1 where no value was seen by then
   */
  public double movement() {
    return earlierRange.map(then -> RangeHistory.movement(then, range)).orElse(1.0);
  }

  /**
   * Returns whether the range is settled.
   *
   * @param threshold the largest movement that counts as settled
   * @return whether there was a range a window of batches ago and the movement is at most the
   *     threshold
   */
  public boolean isWithin(double threshold) {
    return earlierRange.isPresent() && movement() <= threshold;
  }
}
