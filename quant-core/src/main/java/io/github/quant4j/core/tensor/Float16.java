/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The binary16 format: 1 sign bit, 5 exponent bits of bias 15, 10 fraction bits.
 *
 * <ul>
 *   <li>Domain: finite values from 2^-24 to 65,504 in magnitude, 0, infinity and NaN; below 2^-14
 *       (6.1e-5) the precision falls with the magnitude.
 *   <li>Rounding: to nearest, half to even; so at most 2^-25 goes to zero. The sign of zero is
 *       kept; a NaN becomes the quiet NaN of its sign.
 *   <li>Overflow: a finite value of 65,520 or more in magnitude, which would round to infinity, is
 *       refused or cut, see the methods.
 * </ul>
 *
 * <p>Stateless and thread-safe. Source: IEEE 754-2019, section 3.4 and 4.3.1.
 */
public final class Float16 {
  /** The largest finite value, 65,504. */
  public static final float MAX_VALUE = 65_504f;

  /** The smallest value of full precision, 2^-14 (6.1e-5). */
  public static final float MIN_NORMAL = 0x1p-14f;

  /** The smallest value above 0, 2^-24 (6.0e-8). */
  public static final float MIN_VALUE = 0x1p-24f;

  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7c00;
  private static final int QUIET_NAN = 0x7e00;
  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final int FLOAT_MIN_NORMAL_HALF = 0x38800000;
  private static final int FLOAT_OVERFLOW = 0x477ff000;
  private static final int DROPPED_BITS = 13;
  private static final int BIAS_DIFFERENCE = 112 << 23;

  private Float16() {}

  /**
   * Tells whether a value has a place in the format: it is no finite value that would round to
   * infinity.
   *
   * @param value any float32
   * @return true when rounding keeps it finite, and for infinity and NaN
   */
  public static boolean isRepresentable(float value) {
    return (Float.floatToRawIntBits(value) & 0x7fffffff) < FLOAT_OVERFLOW || !Float.isFinite(value);
  }

  /**
   * Tells whether a value is lost in the format: it is not 0, but would be rounded to it.
   *
   * @param value any float32
   * @return true for magnitudes above 0 and up to 2^-25
   */
  public static boolean roundsToZero(float value) {
    return value != 0 && Math.abs(value) <= MIN_VALUE / 2;
  }

  /**
   * Returns the bits of the nearest value.
   *
   * @param value any float32 but a finite one of 65,520 or more in magnitude
   * @return the 16 bits
   * @throws IllegalArgumentException if the value would round to infinity
   */
  public static short toBits(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & SIGN;
    int magnitude = bits & 0x7fffffff;
    if (magnitude >= FLOAT_INFINITY) {
      return (short) (sign | (magnitude > FLOAT_INFINITY ? QUIET_NAN : INFINITY));
    }
    if (magnitude >= FLOAT_OVERFLOW) {
      throw new IllegalArgumentException(
          "value is %s, expected less than 65520 in magnitude".formatted(value));
    }
    if (magnitude < FLOAT_MIN_NORMAL_HALF) {
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
    }
    int rebiased = magnitude - BIAS_DIFFERENCE;
    int toEven = (1 << (DROPPED_BITS - 1)) - 1 + ((rebiased >>> DROPPED_BITS) & 1);
    return (short) (sign | ((rebiased + toEven) >>> DROPPED_BITS));
  }

  /**
   * Returns the value of 16 bits; exact.
   *
   * @param bits the bits
   * @return the value
   */
  public static float toFloat(short bits) {
    int exponent = (bits >>> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = fraction * MIN_VALUE;
    } else {
      magnitude =
          Float.intBitsToFloat(((exponent << 23) + BIAS_DIFFERENCE) | (fraction << DROPPED_BITS));
    }
    return (bits & SIGN) == 0 ? magnitude : -magnitude;
  }

  /**
   * Returns the nearest value of the format.
   *
   * @param value any float32 but a finite one of 65,520 or more in magnitude
   * @return the rounded value
   * @throws IllegalArgumentException if the value would round to infinity
   */
  public static float round(float value) {
    return toFloat(toBits(value));
  }

  /**
   * Returns the nearest scale of the format: rounded, and never 0.
   *
   * @param scale a finite scale above 0
   * @return a value from {@link #MIN_VALUE} to {@link #MAX_VALUE}; a scale beyond has no place in
   *     the format and is returned as it is
   */
  public static float roundScale(float scale) {
    return isRepresentable(scale) ? Math.max(MIN_VALUE, round(scale)) : scale;
  }

  /**
   * Returns a float32 tensor in float16; finite values beyond the format are cut to its largest.
   *
   * @param floats a float32 tensor of any shape; read only
   * @return a new float16 tensor of the same shape
   * @throws IllegalStateException if the tensor is not float32
   */
  public static Tensor saturate(Tensor floats) {
    FloatBuffer values = floats.floats();
    ByteBuffer halves =
        ByteBuffer.allocate(Math.multiplyExact(values.remaining(), Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      float value = values.get();
      halves.putShort(toBits(isRepresentable(value) ? value : Math.copySign(MAX_VALUE, value)));
    }
    return Tensor.of(ElementType.FLOAT16, floats.shape(), halves.flip());
  }

  /**
   * Returns a float16 tensor in float32; exact.
   *
   * @param halves a float16 tensor of any shape; read only
   * @return a new float32 tensor of the same shape
   * @throws IllegalArgumentException if the tensor is not float16
   */
  public static Tensor widen(Tensor halves) {
    if (halves.elementType() != ElementType.FLOAT16) {
      throw new IllegalArgumentException("halves is " + halves + ", expected float16");
    }
    ByteBuffer bytes = halves.bytes();
    float[] values = new float[bytes.remaining() / Short.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = toFloat(bytes.getShort());
    }
    return Tensor.ofFloats(halves.shape(), values);
  }
}
