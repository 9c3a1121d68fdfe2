/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
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

  /**
   * Returns the codes of a float constant as a node states its parameters, int8 or uint8.
   *
   * @return empty where the constant is not float32, or scales, zero points and axis do not fit
   */
  static Optional<Tensor> of(Tensor floats, Quantizer quantizer) {
    Tensor scale = quantizer.scale().orElseThrow();
    if (floats.elementType() != ElementType.FLOAT || !ScaleValues.areUsable(scale)) {
      return Optional.empty();
    }
    float[] scales = ScaleValues.of(scale).orElseThrow();
    int[] zeroPoints =
        quantizer.zeroPoint().flatMap(ZeroPoints::of).orElseGet(() -> new int[scales.length]);
    OptionalInt axis = ChannelAxis.resolve(floats.shape(), quantizer, scales.length);
    if (zeroPoints.length != scales.length || (scales.length > 1 && axis.isEmpty())) {
      return Optional.empty();
    }
    QuantizationParameters parameters =
        scales.length == 1
            ? QuantizationParameters.perTensor(scales[0], zeroPoints[0])
            : QuantizationParameters.perAxis(axis.orElseThrow(), scales, zeroPoints);
    QuantizedType type =
        quantizer.codeType() == ElementType.INT8 ? QuantizedType.INT8 : QuantizedType.UINT8;
    return Optional.of(of(floats, type, parameters));
  }
}
