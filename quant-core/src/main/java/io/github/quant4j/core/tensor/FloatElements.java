/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import java.nio.ByteBuffer;

/** Reads tensors of floats of every width from 16 bits on as float32. Stateless, thread-safe. */
public final class FloatElements {

  private FloatElements() {}

  /**
   * Tells whether elements of a type are read here.
   *
   * @param type any type
   * @return true for float16, bfloat16, float32 and float64
   */
  public static boolean isFloat(ElementType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> true;
      default -> false;
    };
  }

  /**
   * Returns the elements. Exact but for float64, which is rounded to nearest.
   *
   * @param tensor a tensor of such a type, of any shape; read only
   * @return a new array in row-major order
   * @throws IllegalArgumentException if the tensor is of another type
   */
  public static float[] of(Tensor tensor) {
    ElementType type = tensor.elementType();
    if (!isFloat(type)) {
      throw new IllegalArgumentException(
          "tensor is %s, expected float16, bfloat16, float32 or float64".formatted(tensor));
    }
    ByteBuffer bytes = tensor.bytes();
    float[] values = new float[Math.toIntExact(tensor.shape().elementCount())];
    for (int index = 0; index < values.length; index++) {
      values[index] =
          switch (type) {
            case FLOAT16 -> Float16.toFloat(bytes.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            case DOUBLE -> (float) bytes.getDouble();
            default -> bytes.getFloat();
          };
    }
    return values;
  }
}
