/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

/**
 * The expected squared error of quantized values, by cause. Immutable and thread-safe.
 *
 * @param clippingPower the mean over all values of the squared error of those outside the range
 * @param roundingPower the mean over all values of the squared error of those inside
 * @param signalPower the mean of the squared values
 */
public record QuantizationNoise(double clippingPower, double roundingPower, double signalPower) {

  /**
   * Checks the powers.
   *
   * @param clippingPower the noise of values outside the range, from 0
   * @param roundingPower the noise of values inside, from 0
   * @param signalPower the power of the values, from 0
   * @throws IllegalArgumentException if a power is negative, NaN or infinite
   */
  public QuantizationNoise {
    requirePower("clippingPower", clippingPower);
    requirePower("roundingPower", roundingPower);
    requirePower("signalPower", signalPower);
  }

  /**
   * Returns the expected squared error.
   *
   * @return {@code clippingPower + roundingPower}
   */
  public double meanSquaredError() {
    return clippingPower + roundingPower;
  }

  /**
   * Returns the expected signal to quantization noise ratio.
   *
   * @return {@code 10 * log10(signalPower / meanSquaredError())} in decibels; positive infinity
   *     without noise, else negative infinity without signal
   */
  public double sqnrDecibels() {
    return meanSquaredError() == 0
        ? Double.POSITIVE_INFINITY
        : 10 * Math.log10(signalPower / meanSquaredError());
  }

  private static void requirePower(String name, double power) {
    if (!(power >= 0 && power <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " is " + power + ", expected 0 or more");
    }
  }
}
