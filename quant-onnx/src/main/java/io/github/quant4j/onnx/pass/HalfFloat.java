/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits of bias 15, 10 fraction bits. */
final class HalfFloat {
  private static final int SIGN = 0x8000;
  private static final int FRACTION = 0x03ff;
  private static final int EXPONENT = 0x1f;
  private static final int FRACTION_BITS = 10;
  private static final int BIAS_DIFFERENCE = 127 - 15;
  private static final float SMALLEST = 0x1p-24f;

  private HalfFloat() {}

  /** Returns the float32 of the same value; exact, also below the normal range. */
  static float toFloat(short half) {
    int exponent = (half >> FRACTION_BITS) & EXPONENT;
    int fraction = half & FRACTION;
    int sign = (half & SIGN) << 16;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST));
    }
    int wide = exponent == EXPONENT ? 0xff : exponent + BIAS_DIFFERENCE;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << (23 - FRACTION_BITS)));
  }
}
