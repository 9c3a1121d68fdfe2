/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/** Computes what constants are rounded to, with zero points of any value. */
final class ConstantCodes {
  private ConstantCodes() {}

  /** Returns the codes of float32 numbers; all codes of the type are used. */
  static Tensor of(Tensor floats, QuantizedType type, QuantizationParameters parameters) {
    ByteBuffer codes = ByteBuffer.allocate(Math.toIntExact(floats.shape().elementCount()));
    AffineQuantizer.of(parameters, type, new CodeLimits(type.minimum(), type.maximum()))
        .quantize(floats.floats(), floats.shape(), codes);
    return Tensor.of(type.elementType(), floats.shape(), codes.rewind());
  }

  /** Tells whether numbers can be divided by these: float32, finite and above 0. */
  static boolean areScales(Tensor scale) {
    if (scale.elementType() != ElementType.FLOAT) {
      return false;
    }
    FloatBuffer values = scale.floats();
    for (int i = 0; i < values.remaining(); i++) {
      if (!(values.get(i) > 0 && values.get(i) <= Float.MAX_VALUE)) {
        return false;
      }
    }
    return values.hasRemaining();
  }

  /**
   * Returns the floats behind a DequantizeLinear of int8, uint8 or int32.
   *
   * @param dequantize a node with constant parameters
   * @param source the float constant that a QuantizeLinear of equal parameters rounds to the codes,
   *     empty when the codes are constant
   * @return float32, empty where types, scales and axis do not fit
   */
  static Optional<Tensor> floats(Quantizer dequantize, Optional<Value> source) {
    Tensor scale = dequantize.scale().orElseThrow();
    if (!areScales(scale) || scale.shape().rank() > 1) {
      return Optional.empty();
    }
    Optional<Tensor> codes =
        source.isPresent()
            ? source.get().constant().flatMap(floats -> codes(floats, dequantize))
            : dequantize.data().constant();
    long axis = dequantize.node().integer("axis", 1);
    return codes
        .filter(tensor -> tensor.elementType() == dequantize.codeType())
        .flatMap(tensor -> ConstantDequantization.of(tensor, scale, dequantize.zeroPoint(), axis));
  }

  private static Optional<Tensor> codes(Tensor floats, Quantizer dequantize) {
    FloatBuffer stated = dequantize.scale().orElseThrow().floats();
    float[] scales = new float[stated.remaining()];
    stated.get(scales);
    int[] zeroPoints =
        dequantize.zeroPoint().flatMap(ZeroPoints::of).orElseGet(() -> new int[scales.length]);
    OptionalInt axis = axis(dequantize, floats.shape(), scales.length);
    if (floats.elementType() != ElementType.FLOAT
        || zeroPoints.length != scales.length
        || (scales.length > 1 && axis.isEmpty())) {
      return Optional.empty();
    }
    QuantizationParameters parameters =
        scales.length == 1
            ? QuantizationParameters.perTensor(scales[0], zeroPoints[0])
            : QuantizationParameters.perAxis(axis.orElseThrow(), scales, zeroPoints);
    QuantizedType type =
        dequantize.codeType() == ElementType.INT8 ? QuantizedType.INT8 : QuantizedType.UINT8;
    return Optional.of(of(floats, type, parameters));
  }

  /** Returns the axis of a node from 0, empty where a shape has not that many elements there. */
  static OptionalInt axis(Quantizer quantizer, Shape shape, int scaleCount) {
    long stated = quantizer.node().integer("axis", 1);
    long axis = stated < 0 ? stated + shape.rank() : stated;
    boolean fits = axis >= 0 && axis < shape.rank() && shape.dimension((int) axis) == scaleCount;
    return fits ? OptionalInt.of((int) axis) : OptionalInt.empty();
  }
}
