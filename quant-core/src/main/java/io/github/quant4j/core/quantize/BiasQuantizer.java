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
 * <p>A weight scale far below the magnitude of its bias makes codes overflow. {@link
 * #weightScalesFor} tells the weight scales with which none does; the weight has to be quantized
 * with those again.
 *
 * <p>Cost: one pass. Immutable and thread-safe.
 *
 * <p>Source: the int32 bias of ONNX Runtime's static quantization and of the LiteRT 8-bit
 * quantization specification.
 */
public final class BiasQuantizer {

  private static final double LARGEST_CODE = 0x1p30;

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
   * Returns weight scales with which every code of a bias lies within [-2^30, 2^30], so that it
   * neither saturates nor leaves less than one bit for the sum it is added to.
   *
   * <p>Formula: {@code s_w[c]} where {@code |b[c]| / (s_x * s_w[c]) <= 2^30}, else {@code |b[c]| /
   * (s_x * 2^30)}, in double and rounded up to float32. A single weight scale has to do for the
   * largest {@code |b|}. Scales never shrink.
   *
   * <p>Source: ONNX Runtime's {@code _adjust_weight_scale_for_int32_bias}, which allows codes up to
   * {@code (2^31 - 1) / 1.0001}.
   *
   * @param bias one finite value per output channel; of any length when there is one weight scale
   * @param inputScale the scale of the layer's input, finite and above 0
   * @param weightScales the scale of the weight, or one per output channel; finite and above 0; not
   *     changed
   * @return a new array of as many scales
   * @throws IllegalArgumentException as {@link #of} and {@link #quantize} do, or if a value is
   *     infinite or no finite scale would do
   */
  public static float[] weightScalesFor(float[] bias, float inputScale, float[] weightScales) {
    BiasQuantizer quantizer = of(inputScale, weightScales);
    quantizer.requireLength("bias", bias.length);
    float[] scales = weightScales.clone();
    for (int i = 0; i < bias.length; i++) {
      double magnitude = Math.abs((double) bias[i]);
      if (!(magnitude <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "bias[" + i + "] is " + bias[i] + ", expected a finite number");
      }
      if (magnitude / quantizer.product(i) > LARGEST_CODE) {
        int channel = scales.length == 1 ? 0 : i;
        scales[channel] = Math.max(scales[channel], scaleFor(magnitude / LARGEST_CODE, inputScale));
        requireScale("weight scale for bias[" + i + "]", scales[channel]);
      }
    }
    return scales;
  }

  /* Rounds up, lest the code exceed the limit by rounding. */
  private static float scaleFor(double product, float inputScale) {
    float scale = (float) (product / inputScale);
    return (double) scale * inputScale < product ? Math.nextUp(scale) : scale;
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
          "%s has %s values, expected %s as weight scales"
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
