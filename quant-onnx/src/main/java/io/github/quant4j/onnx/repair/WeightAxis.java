/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
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
  private WeightAxis() {}

  /**
   * Returns the axis for a weight of a shape.
   *
   * @param dequantized the results of the DequantizeLinear nodes the weight is read through
   */
  static OptionalInt of(List<Value> dequantized, Shape shape) {
    Set<OptionalInt> axes = new HashSet<>();
    for (Value value : dequantized) {
      if (value.isGraphOutput() || value.isCaptured()) {
        return OptionalInt.empty();
      }
      value
          .uses()
          .forEach(
              use -> axes.add(use.inputIndex() == 1 ? of(use.node(), shape) : OptionalInt.empty()));
    }
    OptionalInt axis = axes.size() == 1 ? axes.iterator().next() : OptionalInt.empty();
    return axis.stream()
        .filter(index -> index < shape.rank() && shape.dimension(index) > 0)
        .findAny();
  }

  /** Returns the axis for a weight of a shape that a node reads as its input 1. */
  static OptionalInt of(Node node, Shape shape) {
    if (node.is("Gemm")) {
      return OptionalInt.of(node.integer("transB", 0) == 0 ? 1 : 0);
    }
    boolean isProduct = node.is("MatMul") && shape.rank() == 2;
    return isProduct || node.is("Conv") ? OptionalInt.of(isProduct ? 1 : 0) : OptionalInt.empty();
  }
}
