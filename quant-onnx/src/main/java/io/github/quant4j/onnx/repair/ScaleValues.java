/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.FloatElements;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;

/** The numbers of a scale, in whichever float type it is stored. */
final class ScaleValues {
  private static final int DROPPED_BITS = 16;

  private ScaleValues() {}

  /**
   * Returns the elements as float32, empty for types other than float16, bfloat16, float32 and
   * float64. Exact but for float64, which is rounded once.
   */
  static Optional<float[]> of(Tensor scale) {
    return FloatElements.isFloat(scale.elementType())
        ? Optional.of(FloatElements.of(scale))
        : Optional.empty();
  }

  /** Tells whether numbers can be divided by these: float32, finite and above 0. */
  static boolean areUsable(Tensor scale) {
    if (scale.elementType() != ElementType.FLOAT) {
      return false;
    }
    FloatBuffer values = scale.floats();
    boolean areUsable = values.hasRemaining();
    while (values.hasRemaining()) {
      areUsable &= isUsable(values.get());
    }
    return areUsable;
  }

  static boolean isUsable(double scale) {
    return scale > 0 && scale <= Float.MAX_VALUE;
  }

  /** Stores numbers in the type and shape of a scale that {@link #of} reads; none becomes 0. */
  static Tensor like(Tensor scale, float[] values) {
    ElementType type = scale.elementType();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bitWidth() / Byte.SIZE)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case FLOAT16 -> bytes.putShort(Float16.toBits(Float16.roundScale(value)));
        case BFLOAT16 -> bytes.putShort(toBfloat16(value));
        case DOUBLE -> bytes.putDouble(value);
        default -> bytes.putFloat(value);
      }
    }
    return Tensor.of(type, scale.shape(), bytes.flip());
  }

  /** Rounds half to even, which a carry into the exponent does right. */
  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int half = (1 << (DROPPED_BITS - 1)) - 1;
    return (short) ((bits + half + ((bits >>> DROPPED_BITS) & 1)) >>> DROPPED_BITS);
  }
}
