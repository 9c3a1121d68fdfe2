/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.qdq.ConstantDequantization;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the codes of a weight are read.
 *
 * @param scale float32, one or one per index of the axis
 * @param zeroPoint as many of the type of the codes
 * @param axis the axis, not looked at for one scale
 */
record WeightReading(Tensor scale, Optional<Tensor> zeroPoint, long axis) {
  /** Returns the codes less their zero points, empty where the parameters do not fit them. */
  private Optional<Tensor> differences(Tensor codes) {
    float[] ones = new float[Math.toIntExact(scale.shape().elementCount())];
    Arrays.fill(ones, 1);
    return ConstantDequantization.of(codes, Tensor.ofFloats(scale.shape(), ones), zeroPoint, axis);
  }

  /** Returns the floats that codes stand for, empty where the parameters do not fit them. */
  Optional<Tensor> dequantize(Tensor codes) {
    return ConstantDequantization.of(codes, scale, zeroPoint, axis);
  }

  /** Tells whether all codes less their zero points are int8, so that the scale can stay. */
  boolean isExact(Tensor codes) {
    FloatBuffer values = differences(codes).orElseThrow().floats();
    for (int i = 0; i < values.remaining(); i++) {
      if (values.get(i) < Byte.MIN_VALUE || values.get(i) > Byte.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  /** Returns the codes less their zero points as int8. */
  Tensor shifted(Tensor codes) {
    FloatBuffer values = differences(codes).orElseThrow().floats();
    byte[] shifted = new byte[values.remaining()];
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] = (byte) values.get(i);
    }
    return Tensor.ofBytes(ElementType.INT8, codes.shape(), shifted);
  }
}
