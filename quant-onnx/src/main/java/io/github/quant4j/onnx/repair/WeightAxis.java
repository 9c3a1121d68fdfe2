/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The axis of a weight along which each output channel of its operator can have a scale of its own:
 * 0 for Conv, that of the rows of the product for Gemm, the last of two for MatMul. None for
 * ConvTranspose, which not every version of TensorRT computes rightly, for other operators, and
 * where readers differ.
 */
final class WeightAxis {
  private static final int NONE = -1;

  private WeightAxis() {}

  /**
   * Returns the axis for a weight of a shape.
   *
   * @param dequantized the results of the DequantizeLinear nodes the weight is read through
   */
  static OptionalInt of(List<Value> dequantized, Shape shape) {
    Set<Integer> axes = new HashSet<>();
    for (Value value : dequantized) {
      if (value.isGraphOutput() || value.isCaptured()) {
        return OptionalInt.empty();
      }
      value.uses().forEach(use -> axes.add(axis(use, shape)));
    }
    int axis = axes.size() == 1 ? axes.iterator().next() : NONE;
    return axis != NONE && axis < shape.rank() && shape.dimension(axis) > 0
        ? OptionalInt.of(axis)
        : OptionalInt.empty();
  }

  private static int axis(Use use, Shape shape) {
    Node node = use.node();
    if (use.inputIndex() != 1) {
      return NONE;
    }
    if (node.is("Conv")) {
      return 0;
    }
    if (node.is("Gemm")) {
      return node.integer("transB", 0) == 0 ? 1 : 0;
    }
    return node.is("MatMul") && shape.rank() == 2 ? 1 : NONE;
  }
}
