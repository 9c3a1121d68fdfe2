/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

/**
 * Turns the bias of a quantized layer into int32 codes and back.
 *
 * <p>Formula: {@code q[c] = clamp(rint(b[c] / (s_x * s_w[c])), -2^31, 2^31 - 1)} and {@code b'[c] =
 * q[c] * float(s_x * s_w[c])}, where {@code s_x} is the scale of the layer's input and {@code
 * s_w[c]} that of the weight, or of its channel.
 *
 * <ul>
 *   <li>Domain: any bias but NaN. Infinite values and values beyond the codes saturate.
 *   <li>Rounding: product and quotient are double, the quotient is rounded half to even. The way
 *       back is one float32 multiplication of the code, rounded to float32 first as runtimes do, by
 *       the scale rounded to float32.
 *   <li>A product below {@link Float#MIN_NORMAL} counts as that, so that the scale stays above 0.
 *   <li>While no code saturates, {@code |b' - b| <= s_x * s_w[c] / 2} but for float32 rounding.
 * </ul>
 *
 * <p>Cost: one pass. Immutable and thread-safe.
 *
 * <p>Source: the int32 bias of ONNX Runtime's static quantization and of the LiteRT 8-bit
 * quantization specification.
 */
public final class BiasQuantizer {

  private final double[] products;

  private BiasQuantizer(double[] products) {
    this.products = products;
  }

  /**
   * Returns a quantizer.
   *
   * @param inputScale the scale of the layer's input, finite and above 0
   * @param weightScales the scale of the weight, or one per output channel; finite and above 0;
   *     copied
   * @return the quantizer
   * @throws IllegalArgumentException if there is no weight scale, a scale is not finite or not
   *     above 0, or a product of both exceeds float32
   */
  public static BiasQuantizer of(float inputScale, float[] weightScales) {
    if (weightScales.length == 0) {
      throw new IllegalArgumentException("weightScales is empty, expected at least one");
    }
    requireScale("inputScale", inputScale);
    double[] products = new double[weightScales.length];
    for (int i = 0; i < products.length; i++) {
      requireScale("weightScales[" + i + "]", weightScales[i]);
      products[i] = Math.max((double) inputScale * weightScales[i], Float.MIN_NORMAL);
      requireScale("inputScale * weightScales[" + i + "]", (float) products[i]);
    }
    return new BiasQuantizer(products);
  }

  /**
   * Turns a bias into codes.
   *
   * @param bias one value per output channel; of any length when there is one weight scale
   * @return a new array of as many codes
   * @throws IllegalArgumentException if the length differs from the number of weight scales, or a
   *     value is NaN
   */
  public int[] quantize(float[] bias) {
    requireLength("bias", bias.length);
    int[] codes = new int[bias.length];
    for (int i = 0; i < codes.length; i++) {
      if (Float.isNaN(bias[i])) {
        throw new IllegalArgumentException("bias[" + i + "] is NaN, expected a number");
      }
      codes[i] = (int) Math.rint(bias[i] / product(i)); // the cast saturates
    }
    return codes;
  }

  /**
   * Turns codes into the numbers they stand for.
   *
   * @param codes one code per output channel; of any length when there is one weight scale
   * @return a new array of as many values
   * @throws IllegalArgumentException if the length differs from the number of weight scales
   */
  public float[] dequantize(int[] codes) {
    requireLength("codes", codes.length);
    float[] values = new float[codes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) codes[i] * (float) product(i);
    }
    return values;
  }

  /**
   * Returns the scales of the codes, {@code float(s_x * s_w[c])}.
   *
   * @return a new array of one scale per weight scale, finite and above 0
   */
  public float[] scales() {
    float[] scales = new float[products.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) products[i];
    }
    return scales;
  }

  private double product(int channel) {
    return products.length == 1 ? products[0] : products[channel];
  }

  private void requireLength(String name, int length) {
    if (products.length != 1 && length != products.length) {
      throw new IllegalArgumentException(
          "%s has %d values, expected %d as weight scales"
              .formatted(name, length, products.length));
    }
  }

  private static void requireScale(String name, float scale) {
    if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          name + " is " + scale + ", expected a finite number above 0");
    }
  }
}
