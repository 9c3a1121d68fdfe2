/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;

/**
 * Weights as int8 codes, symmetric in [-127, 127].
 *
 * @param codes the codes, of the shape of the weights
 * @param scales the largest magnitude / 127, for each index of an axis or for the whole tensor
 */
record WeightCodes(Tensor codes, Tensor scales) {

  static WeightCodes of(Shape shape, float[] values, int axis) {
    boolean isPerTensor = axis == NetworkWriter.PER_TENSOR;
    int channelCount = isPerTensor ? 1 : (int) shape.dimension(axis);
    int inner = 1;
    for (int next = axis + 1; next < shape.rank() && !isPerTensor; next++) {
      inner *= (int) shape.dimension(next);
    }
    float[] scales = new float[channelCount];
    for (int i = 0; i < values.length; i++) {
      int channel = isPerTensor ? 0 : i / inner % channelCount;
      scales[channel] = Math.max(scales[channel], Math.abs(values[i]) / 127);
    }
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      codes[i] = (byte) Math.rint(values[i] / scales[isPerTensor ? 0 : i / inner % channelCount]);
    }
    return new WeightCodes(
        Tensor.ofBytes(ElementType.INT8, shape, codes),
        Tensor.ofFloats(isPerTensor ? Shape.of() : Shape.of(channelCount), scales));
  }

  /** The zero points of the scales. */
  Tensor zeros() {
    byte[] zeros = new byte[(int) scales.shape().elementCount()];
    return Tensor.ofBytes(ElementType.INT8, scales.shape(), zeros);
  }
}
