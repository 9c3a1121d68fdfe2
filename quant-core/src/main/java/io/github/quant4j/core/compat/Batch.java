/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;

/** Checks and measures the values of one batch. Thread-safe: no state. */
final class Batch {

  private Batch() {}

  /** Returns the range of a batch that must have values, all finite. */
  static ValueRange rangeOf(float[] batch) {
    requireValues(batch);
    float minimum = Float.POSITIVE_INFINITY;
    float maximum = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < batch.length; i++) {
      if (!Float.isFinite(batch[i])) {
        throw new IllegalArgumentException(
            "batch[%s] is %s, expected finite values".formatted(i, batch[i]));
      }
      minimum = Math.min(minimum, batch[i]);
      maximum = Math.max(maximum, batch[i]);
    }
    return new ValueRange(minimum, maximum);
  }

  static void requireValues(float[] batch) {
    if (batch.length == 0) {
      throw new IllegalArgumentException("batch has no values, expected at least one");
    }
  }

  /** Returns the absolute values. */
  static float[] magnitudes(float[] batch) {
    float[] magnitudes = new float[batch.length];
    for (int i = 0; i < batch.length; i++) {
      magnitudes[i] = Math.abs(batch[i]);
    }
    return magnitudes;
  }

  /** Returns what a peer gives as ends, with 0 included when they are in the wrong order. */
  static ValueRange ordered(float minimum, float maximum) {
    return minimum <= maximum
        ? new ValueRange(minimum, maximum)
        : new ValueRange(Math.min(minimum, 0f), Math.max(maximum, 0f));
  }

  /** Returns the failure of asking before the first batch. */
  static IllegalStateException noBatch() {
    return new IllegalStateException("no batch was observed, expected at least one");
  }
}
