/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the codes of a weight are read, and how symmetric int8 codes are made of them.
 *
 * @param scale float32, one or one per index of the axis
 * @param zeroPoint as many of the type of the codes
 * @param axis the axis, not looked at for one scale
 */
record WeightReading(Tensor scale, Optional<Tensor> zeroPoint, long axis) {
  private static final int LARGEST_CODE = 127;

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
    return inner(
        shape,
        zeroCount == 1
            ? OptionalInt.empty()
            : OptionalInt.of(Math.toIntExact(axis < 0 ? axis + shape.rank() : axis)));
  }

  /** Returns symmetric int8 codes of the floats that codes stand for. */
  Tensor requantized(Tensor codes, QuantizationParameters parameters) {
    Tensor values = dequantize(codes).orElseThrow();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(values.shape().elementCount()));
    quantizer(parameters).quantize(values.floats(), values.shape(), bytes);
    return Tensor.of(ElementType.INT8, values.shape(), bytes.rewind());
  }

  /** Returns symmetric parameters for floats, {@code absmax / 127} along an axis or for all. */
  static QuantizationParameters symmetric(Tensor values, OptionalInt axis) {
    Shape shape = values.shape();
    return axis.isPresent()
        ? SymmetricInt8.forWeight(values.floats(), shape, axis.getAsInt())
        : SymmetricInt8.forWeight(values.floats(), shape);
  }

  /** Returns the largest error of quantized floats, as a share of the scale of its channel. */
  static double largestError(Tensor values, QuantizationParameters parameters) {
    FloatBuffer exact = values.floats();
    FloatBuffer rounded = FloatBuffer.allocate(exact.remaining());
    quantizer(parameters).fakeQuantize(exact, values.shape(), rounded);
    int inner = inner(values.shape(), parameters.axis());
    double largest = 0;
    for (int i = 0; i < exact.remaining(); i++) {
      double error = Math.abs((double) exact.get(i) - rounded.get(i));
      largest = Math.max(largest, error / parameters.scale(i / inner % parameters.count()));
    }
    return largest;
  }

  /** Returns how many elements follow one another along one index of an axis. */
  static int inner(Shape shape, OptionalInt axis) {
    int inner = 1;
    for (int i = axis.isPresent() ? axis.getAsInt() + 1 : shape.rank(); i < shape.rank(); i++) {
      inner = Math.multiplyExact(inner, Math.toIntExact(shape.dimension(i)));
    }
    return inner;
  }

  /** Tells whether all floats are numbers, which a scale too large to multiply with prevents. */
  static boolean areFinite(Tensor values) {
    FloatBuffer floats = values.floats();
    for (int i = 0; i < floats.remaining(); i++) {
      if (!Float.isFinite(floats.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static AffineQuantizer quantizer(QuantizationParameters parameters) {
    return AffineQuantizer.of(parameters, -LARGEST_CODE, LARGEST_CODE);
  }
}
