/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How the codes of a weight are read.
 *
 * @param scale float32, one or one per index of the axis
 * @param zeroPoint as many of the type of the codes
 * @param axis the axis, not looked at for one scale
 */
record WeightReading(Tensor scale, Optional<Tensor> zeroPoint, long axis) {

  /** Returns the floats that codes stand for, empty where the parameters do not fit them. */
  Optional<Tensor> dequantize(Tensor codes) {
    return ConstantDequantization.of(codes, scale, zeroPoint, axis);
  }

  /**
   * Tells whether all codes less their zero points are int8, so that the scale can stay.
   *
   * @param codes int8 or uint8 that {@link #dequantize} takes
   */
  boolean isExact(Tensor codes) {
    int[] zeros = zeros();
    int inner = inner(codes.shape(), zeros.length);
    boolean isUnsigned = codes.elementType() == ElementType.UINT8;
    ByteBuffer bytes = codes.bytes();
    for (int i = 0; i < bytes.limit(); i++) {
      int code = isUnsigned ? Byte.toUnsignedInt(bytes.get(i)) : bytes.get(i);
      int difference = code - zeros[zeros.length == 1 ? 0 : i / inner % zeros.length];
      if (difference != (byte) difference) {
        return false;
      }
    }
    return true;
  }

  /** Returns the codes of which {@link #isExact} is true less their zero points as int8. */
  Tensor shifted(Tensor codes) {
    int[] zeros = zeros();
    int inner = inner(codes.shape(), zeros.length);
    ByteBuffer bytes = codes.bytes();
    byte[] shifted = new byte[bytes.limit()];
    for (int i = 0; i < shifted.length; i++) {
      // The difference fits a byte, so that it is the same whether the code is read as signed.
      shifted[i] = (byte) (bytes.get(i) - zeros[zeros.length == 1 ? 0 : i / inner % zeros.length]);
    }
    return Tensor.ofBytes(ElementType.INT8, codes.shape(), shifted);
  }

  private int[] zeros() {
    return zeroPoint.flatMap(ZeroPoints::of).orElse(new int[] {0});
  }

  private int inner(Shape shape, int zeroCount) {
    return zeroCount == 1
        ? 1
        : ChannelAxis.inner(shape, ChannelAxis.resolve(shape, axis, zeroCount).orElseThrow());
  }
}
