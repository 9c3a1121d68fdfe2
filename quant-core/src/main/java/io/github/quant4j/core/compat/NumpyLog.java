/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

/**
 * The natural logarithm of float32 numbers, with the bits of NumPy on x86-64.
 *
 * <p>Formula: with {@code x = 2^e * (1 + t)} and {@code 1 + t} in (sqrt(1/2), sqrt(2)], {@code
 * log(x) = e * log(2) + P(t) / Q(t)}, where P and Q are polynomials of degree 5, evaluated from the
 * highest power down with fused multiply-adds. NumPy takes this road, accurate to 4 ulp, on every
 * processor with AVX2 or AVX-512; a quarter of its results are not the nearest float32, which a
 * search for the least divergence can notice.
 *
 * <p>Domain: positive normal numbers. Cost: about 12 operations. Thread-safe: no state.
 *
 * <p>Source: {@code numpy.log} of NumPy 2.4; the coefficients are its minimax approximation of
 * log(1 + t).
 */
final class NumpyLog {

  private static final float LOG_2 = 0.6931472f;
  private static final float SQRT_2 = 1.4142135f;
  private static final float[] NUMERATOR = {
    0.025899792f, 0.38088378f, 1.4800006f, 2.1126776f, 1f, 0f
  };
  private static final float[] DENOMINATOR = {
    0.0058750953f, 0.15464763f, 0.9864943f, 2.453006f, 2.6126776f, 1f
  };

  private NumpyLog() {}

  /** Returns the logarithm of a positive normal number. */
  static float of(float x) {
    int exponent = Math.getExponent(x);
    float mantissa = Math.scalb(x, -exponent);
    if (mantissa > SQRT_2) {
      exponent++;
      mantissa *= 0.5f;
    }
    float t = mantissa - 1;
    return Math.fma((float) exponent, LOG_2, polynomial(NUMERATOR, t) / polynomial(DENOMINATOR, t));
  }

  private static float polynomial(float[] coefficients, float t) {
    float value = coefficients[0];
    for (int power = 1; power < coefficients.length; power++) {
      value = Math.fma(value, t, coefficients[power]);
    }
    return value;
  }
}
