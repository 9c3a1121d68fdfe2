/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The integers of a tensor of zero points, or of codes. */
final class ZeroPoints {
  private ZeroPoints() {}

  /** Returns the elements, empty for types other than int8, uint8 and int32. */
  static Optional<int[]> of(Tensor zeroPoint) {
    int[] values = new int[Math.toIntExact(zeroPoint.shape().elementCount())];
    ByteBuffer bytes = zeroPoint.bytes();
    for (int i = 0; i < values.length; i++) {
      switch (zeroPoint.elementType()) {
        case INT8 -> values[i] = bytes.get(i);
        case UINT8 -> values[i] = Byte.toUnsignedInt(bytes.get(i));
        case INT32 -> values[i] = bytes.getInt(i * Integer.BYTES);
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(values);
  }

  /** Stores numbers that a type, int8, uint8 or int32, has. */
  static Tensor tensor(ElementType type, Shape shape, int[] values) {
    if (type == ElementType.INT32) {
      return Tensor.ofInts(shape, values);
    }
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Tensor.ofBytes(type, shape, bytes);
  }

  static boolean areZero(Tensor zeroPoint) {
    ByteBuffer bytes = zeroPoint.bytes();
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Tells whether two zero points are equal, one left out being as many zeros as there are scales.
   */
  static boolean areEqual(Optional<Tensor> a, Optional<Tensor> b, long scaleCount) {
    Optional<int[]> left = elements(a, scaleCount);
    Optional<int[]> right = elements(b, scaleCount);
    return left.isPresent() && right.isPresent() && Arrays.equals(left.get(), right.get());
  }

  private static Optional<int[]> elements(Optional<Tensor> zeroPoint, long scaleCount) {
    return zeroPoint.isPresent()
        ? of(zeroPoint.get())
        : Optional.of(new int[Math.toIntExact(scaleCount)]);
  }
}
