/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import java.util.Optional;

/**
 * The exponential moving average of the ranges of batches, in the float32 arithmetic of PyTorch.
 *
 * <p>Not thread-safe.
 */
final class MovingAverage {

  private final float constant;
  private float minimum;
  private float maximum;
  private long batchCount;

  MovingAverage(float constant) {
    this.constant = constant;
  }

  /** Returns the constant unless it is outside of (0, 1]. */
  static float requireConstant(float constant) {
    if (!(constant > 0 && constant <= 1)) {
      throw new IllegalArgumentException(
          "averagingConstant is " + constant + ", expected above 0, at most 1");
    }
    return constant;
  }

  /** Moves towards the range of one batch. */
  void add(ValueRange batch) {
    if (batchCount == 0) {
      minimum = batch.minimum();
      maximum = batch.maximum();
    } else {
      minimum = moved(minimum, batch.minimum());
      // two ends closer than the rounding of a step could cross
      maximum = Math.max(minimum, moved(maximum, batch.maximum()));
    }
    batchCount++;
  }

  /** Takes the mean of both averages, weighted by their numbers of batches. */
  void combine(MovingAverage other) {
    if (batchCount == 0) {
      minimum = other.minimum;
      maximum = other.maximum;
    } else if (other.batchCount > 0) {
      minimum = mean(minimum, other.minimum, other.batchCount);
      maximum = mean(maximum, other.maximum, other.batchCount);
    }
    batchCount += other.batchCount;
  }

  /** Returns the average, empty before the first batch. */
  Optional<ValueRange> range() {
    return batchCount == 0 ? Optional.empty() : Optional.of(new ValueRange(minimum, maximum));
  }

  private float moved(float average, float current) {
    float moved = average + constant * (current - average);
    return Float.isFinite(moved)
        ? moved
        : (float) (average + constant * ((double) current - average));
  }

  private float mean(float average, float otherAverage, long otherCount) {
    double sum = (double) average * batchCount + (double) otherAverage * otherCount;
    return (float) (sum / ((double) batchCount + otherCount));
  }
}
