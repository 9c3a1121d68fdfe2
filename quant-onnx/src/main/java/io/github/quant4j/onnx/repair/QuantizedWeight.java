/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A constant that is read as symmetric int8: its codes behind a DequantizeLinear, or its floats
 * behind a pair.
 *
 * @param dequantize the DequantizeLinear
 * @param source the int8 codes or the float32 numbers, an initializer
 * @param scale float32: one element, or one per index of the axis
 * @param axis the axis the scales stand along, from 0; 0 for one scale
 */
record QuantizedWeight(Quantizer dequantize, Value source, Tensor scale, int axis) {

  /** Returns the weight that a value holds, empty where it holds anything else. */
  static Optional<QuantizedWeight> of(Value value) {
    return Quantizer.behind(value)
        .filter(quantizer -> quantizer.codeType() == ElementType.INT8 && quantizer.isConstant())
        .filter(quantizer -> quantizer.zeroPoint().map(ZeroPoints::areZero).orElse(true))
        .flatMap(quantizer -> source(quantizer).flatMap(source -> of(quantizer, source)));
  }

  private static Optional<Value> source(Quantizer dequantize) {
    Value data = dequantize.data();
    if (data.isConstant()) {
      return Optional.of(data).filter(codes -> codes.isConstant(ElementType.INT8));
    }
    return Quantizer.writing(data)
        .filter(quantize -> quantize.hasParametersOf(dequantize))
        .map(Quantizer::data)
        .filter(floats -> floats.isConstant(ElementType.FLOAT));
  }

  private static Optional<QuantizedWeight> of(Quantizer dequantize, Value source) {
    Tensor scale = dequantize.scale().orElseThrow();
    Shape shape = source.constantShape().orElseThrow();
    if (!ScaleValues.areUsable(scale)) {
      return Optional.empty();
    }
    if (scale.shape().elementCount() == 1) {
      return Optional.of(new QuantizedWeight(dequantize, source, scale, 0));
    }
    OptionalInt axis =
        scale.shape().rank() == 1
            ? ChannelAxis.resolve(shape, dequantize, (int) scale.shape().dimension(0))
            : OptionalInt.empty();
    return axis.isPresent()
        ? Optional.of(new QuantizedWeight(dequantize, source, scale, axis.getAsInt()))
        : Optional.empty();
  }

  Node node() {
    return dequantize.node();
  }

  Value output() {
    return dequantize.output();
  }

  Shape shape() {
    return source.constantShape().orElseThrow();
  }

  boolean isPerAxis() {
    return scale.shape().elementCount() > 1;
  }

  /** Tells whether the codes are stored, and not computed from floats by a QuantizeLinear. */
  boolean hasStoredCodes() {
    return source.isConstant(ElementType.INT8);
  }

  /** Returns the codes of what the source holds, int8. */
  Tensor codesOf(Tensor contents) {
    if (contents.elementType() == ElementType.INT8) {
      return contents;
    }
    float[] scales = scales();
    return ConstantCodes.of(
        contents,
        QuantizedType.INT8,
        isPerAxis()
            ? QuantizationParameters.perAxis(axis, scales, new int[scales.length])
            : QuantizationParameters.perTensor(scales[0], 0));
  }

  /** Returns the floats that the operator computes with, of what the source holds. */
  Tensor floatsOf(Tensor contents) {
    return ConstantDequantization.of(codesOf(contents), scale, Optional.empty(), axis)
        .orElseThrow();
  }

  /** Returns a copy of the scales. */
  float[] scales() {
    return ScaleValues.of(scale).orElseThrow();
  }
}
