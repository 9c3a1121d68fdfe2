/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads constants of one element, and compares numbers that exporters round differently. */
final class Scalars {
  /** Exporters write 1 / sqrt(2) as 0.7071, and 1 / 6 as 0.1667. */
  private static final double TOLERANCE = 1e-3;

  private Scalars() {}

  /** Returns the element of a float32 constant that has one, empty for every other value. */
  static OptionalDouble of(Value value) {
    if (value.constantShape().map(Shape::elementCount).filter(count -> count == 1).isEmpty()) {
      return OptionalDouble.empty();
    }
    return value
        .constant()
        .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
        .map(Scalars::element)
        .orElse(OptionalDouble.empty());
  }

  /** Returns what a sum, difference, product or quotient with a scalar constant is taken of. */
  static Optional<Value> operandBesideConstant(Node node) {
    if (!node.is("Add", "Sub", "Mul", "Div")) {
      return Optional.empty();
    }
    Value left = node.requiredInput(0);
    Value right = node.requiredInput(1);
    if (of(right).isPresent()) {
      return Optional.of(left);
    }
    return of(left).isPresent() && !node.is("Div") ? Optional.of(right) : Optional.empty();
  }

  /** Tells whether a number is what is expected, up to the digits exporters leave out. */
  static boolean isApproximately(double actual, double expected) {
    return Math.abs(actual - expected) <= TOLERANCE * Math.max(Math.abs(expected), 1e-3);
  }

  private static OptionalDouble element(Tensor tensor) {
    return OptionalDouble.of(tensor.floats().get(0));
  }
}
