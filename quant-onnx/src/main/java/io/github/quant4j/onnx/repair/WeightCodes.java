/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * What a weight is to be from now on: symmetric int8.
 *
 * @param codes an int8 initializer
 * @param scale float32: rank 0, or rank 1 with one element per index of the axis
 * @param axis the axis the scales stand along, from 0; not looked at for rank 0
 */
record WeightCodes(Value codes, Tensor scale, int axis) {
  boolean isPerAxis() {
    return scale.shape().rank() == 1;
  }

  /** Describes the DequantizeLinear that makes floats of them. */
  NodeBlueprint dequantize(String name, String output, List<Value> parameters) {
    List<Value> inputs = List.of(codes, parameters.get(0), parameters.get(1));
    NodeBlueprint blueprint = NodeBlueprint.of("DequantizeLinear", name, inputs, output);
    return isPerAxis() ? blueprint.withInteger("axis", axis) : blueprint;
  }
}
