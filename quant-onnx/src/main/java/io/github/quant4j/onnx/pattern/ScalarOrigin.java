/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether a factor is one number: a constant, or computed from nothing but the shapes of
 * tensors, as exporters write the square root of a head size.
 */
final class ScalarOrigin {
  private static final int LONGEST_SEARCH = 16;

  private ScalarOrigin() {}

  static boolean isScalar(Value value, ShapeInference shapes) {
    return value.constantShape().map(Shape::elementCount).filter(count -> count == 1).isPresent()
        || shapes.dimensions(value).filter(List::isEmpty).isPresent()
        || (!value.isConstant() && comesFromShapes(value));
  }

  private static boolean comesFromShapes(Value value) {
    Deque<Value> open = new ArrayDeque<>(List.of(value));
    for (int visited = 0; !open.isEmpty(); visited++) {
      Value next = open.pop();
      if (next.isConstant()) {
        continue;
      }
      Optional<Node> node = next.producer();
      if (node.isEmpty() || visited == LONGEST_SEARCH) {
        return false;
      }
      if (node.get().is("Cast", "Div", "Gather", "Mul", "Pow", "Reciprocal", "Slice", "Sqrt")
          || node.get().is("Squeeze", "Unsqueeze")) {
        open.addAll(node.get().inputs());
      } else if (!node.get().is("Shape", "Size", "Constant")) {
        return false;
      }
    }
    return true;
  }
}
