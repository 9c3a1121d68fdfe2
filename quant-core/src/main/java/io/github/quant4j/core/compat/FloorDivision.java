/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * Divides float32 numbers and rounds down as Python does, in float32.
 *
 * <p>Formula: with {@code m = fmod(a, b)}, which is exact, {@code d = (a - m) / b}, less 1 when the
 * signs of {@code m} and {@code b} differ; then {@code d} is rounded to the whole number it must
 * be. So {@code floor(1 / 0.1f)} is 9, while the rounded quotient is 10.
 *
 * <p>Domain: finite {@code a}, {@code b > 0}; NaN gives NaN. Thread-safe: no state.
 *
 * <p>Source: {@code numpy.floor_divide} and {@code torch.div(rounding_mode="floor")}.
 */
final class FloorDivision {

  private FloorDivision() {}

  static float of(float a, float b) {
    float remainder = a % b;
    float quotient = (a - remainder) / b;
    if (remainder < 0) {
      quotient -= 1;
    }
    float floor = (float) Math.floor(quotient);
    return quotient - floor > 0.5f ? floor + 1 : floor;
  }
}
