/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

/** Ten thousand values that every language makes alike: whole numbers divided by 4096. */
final class ReferenceSet {

  private ReferenceSet() {}

  static float[] values() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      long k = i;
      long sum = k * 7919 % 10007 + k * 104729 % 10009 + k * 1299709 % 10037 + k * 15485863 % 10039;
      values[i] = (sum - 20044) / 4096f;
    }
    return values;
  }
}
