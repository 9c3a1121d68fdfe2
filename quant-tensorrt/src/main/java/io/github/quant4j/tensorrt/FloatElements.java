/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;

/** Reads float tensors of every width from 16 bits on as float32. */
final class FloatElements {

  private static final int HALF_MANTISSA_BITS = 10;
  private static final int HALF_EXPONENT_BIAS = 15;
  private static final int HALF_EXPONENT_MASK = 0x1f;
  private static final int HALF_MANTISSA_MASK = 0x3ff;
  private static final int FLOAT_MANTISSA_BITS = 23;
  private static final int FLOAT_INFINITY = 0x7f80_0000;

  private FloatElements() {}

  static boolean isFloat(ElementType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> true;
      default -> false;
    };
  }

  /** The elements in row-major order, those of a double tensor rounded to nearest. */
  static float[] of(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    float[] values = new float[Math.toIntExact(tensor.shape().elementCount())];
    for (int index = 0; index < values.length; index++) {
      values[index] =
          switch (tensor.elementType()) {
            case FLOAT -> bytes.getFloat();
            case DOUBLE -> (float) bytes.getDouble();
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            case FLOAT16 -> half(bytes.getShort());
            default -> throw new IllegalArgumentException(tensor + " is no float tensor");
          };
    }
    return values;
  }

  /** The value of IEEE 754 binary16 bits, which float32 holds exactly. */
  static float half(short bits) {
    int exponent = (bits >> HALF_MANTISSA_BITS) & HALF_EXPONENT_MASK;
    int mantissa = bits & HALF_MANTISSA_MASK;
    float magnitude;
    if (exponent == HALF_EXPONENT_MASK) {
      int widened = mantissa << (FLOAT_MANTISSA_BITS - HALF_MANTISSA_BITS);
      magnitude = Float.intBitsToFloat(FLOAT_INFINITY | widened);
    } else {
      // A subnormal has the exponent of the least normal number and no hidden bit.
      int significand = exponent == 0 ? mantissa : mantissa + (1 << HALF_MANTISSA_BITS);
      magnitude =
          Math.scalb(
              (float) significand, Math.max(exponent, 1) - HALF_EXPONENT_BIAS - HALF_MANTISSA_BITS);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
