/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * Computes {@code y = (x - zeroPoint) * scale} of constant codes of type int8, uint8 or int32, with
 * one scale or one per index of an axis, in float64 and rounded once to float32. Runtimes round the
 * difference to float32 first, which from 2^24 on gives another unit in the last place. Source:
 * ONNX operator DequantizeLinear, opset 13.
 */
public final class ConstantDequantization {
  private ConstantDequantization() {}

  /**
   * Computes the floats that codes stand for.
   *
   * @param codes int8, uint8 or int32, of any shape
   * @param scale float32: one element, or one per index of the axis
   * @param zeroPoint as many elements as the scale, of the type of the codes; empty for 0
   * @param axis the axis the scales stand along, counted from the end where negative; not looked at
   *     for one scale
   * @return float32 of the shape of the codes, empty when scale, zero point and axis do not fit
   *     them
   */
  public static Optional<Tensor> of(
      Tensor codes, Tensor scale, Optional<Tensor> zeroPoint, long axis) {
    Shape shape = codes.shape();
    FloatBuffer scales = scale.floats();
    boolean isPerAxis = scales.remaining() > 1;
    boolean fits =
        isPerAxis
            ? axis >= -shape.rank()
                && axis < shape.rank()
                && shape.dimension((int) axis) == scales.remaining()
            : scales.remaining() == 1;
    if (!fits || zeroPoint.filter(zeros -> !fits(zeros, codes, scale)).isPresent()) {
      return Optional.empty();
    }
    int[] offsets = new int[scales.remaining()];
    zeroPoint.ifPresent(zeros -> read(zeros, offsets));
    long inner = isPerAxis ? innerCount(shape, (int) axis) : 1;
    ElementType type = codes.elementType();
    ByteBuffer bytes = codes.bytes();
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      int channel = isPerAxis ? (int) (i / inner % offsets.length) : 0;
      double offset = (double) number(bytes, type, i) - offsets[channel];
      values[i] = (float) (offset * scales.get(channel));
    }
    return Optional.of(Tensor.ofFloats(shape, values));
  }

  private static boolean fits(Tensor zeroPoint, Tensor codes, Tensor scale) {
    return zeroPoint.elementType() == codes.elementType()
        && zeroPoint.shape().elementCount() == scale.shape().elementCount();
  }

  private static long innerCount(Shape shape, int axis) {
    long inner = 1;
    for (int i = axis < 0 ? axis + shape.rank() + 1 : axis + 1; i < shape.rank(); i++) {
      inner *= shape.dimension(i);
    }
    return inner;
  }

  private static void read(Tensor tensor, int[] numbers) {
    ByteBuffer bytes = tensor.bytes();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(bytes, tensor.elementType(), i);
    }
  }

  private static int number(ByteBuffer bytes, ElementType type, int index) {
    return switch (type) {
      case INT32 -> bytes.getInt(index * Integer.BYTES);
      case UINT8 -> Byte.toUnsignedInt(bytes.get(index));
      default -> bytes.get(index);
    };
  }
}
