/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import java.util.Arrays;

/**
 * Ten thousand values that every language makes alike, and what the tests make of them.
 *
 * <pre>
 * k = np.arange(10000, dtype=np.int64)
 * I = ((k*7919 % 10007 + k*104729 % 10009 + k*1299709 % 10037 + k*15485863 % 10039 - 20044)
 *      / 4096).astype(np.float32)
 * plus = np.append(I, np.float32(40)); relu = np.maximum(I, 0)
 * inside, outside = I[abs(I) < 1], I[abs(I) >= 1]
 * </pre>
 */
final class ReferenceValues {

  private ReferenceValues() {}

  static float[] all() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      long k = i;
      long sum = k * 7919 % 10007 + k * 104729 % 10009 + k * 1299709 % 10037 + k * 15485863 % 10039;
      values[i] = (sum - 20044) / 4096f;
    }
    return values;
  }

  static float[] withOutlier() {
    float[] values = Arrays.copyOf(all(), 10_001);
    values[10_000] = 40;
    return values;
  }

  static float[] relu() {
    float[] values = all();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    return values;
  }

  static float[] inside() {
    return chosen(true);
  }

  static float[] outside() {
    return chosen(false);
  }

  /** Returns the range that a calibrator chooses of batches, as two numbers. */
  static float[] range(PeerCalibrator calibrator, float[]... batches) {
    for (float[] batch : batches) {
      calibrator.observe(batch);
    }
    return new float[] {calibrator.range().minimum(), calibrator.range().maximum()};
  }

  private static float[] chosen(boolean isInside) {
    float[] values = all();
    int length = 0;
    for (float value : values) {
      if (Math.abs(value) < 1 == isInside) {
        values[length++] = value;
      }
    }
    return Arrays.copyOf(values, length);
  }
}
