/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A value as the product of a number and two activations, over up to four Mul and Div of which
 * nobody else reads the results in between.
 */
final class Product {
  private static final int LARGEST = 4;

  private double coefficient = 1;
  private final List<Value> factors = new ArrayList<>();
  private final Set<Node> nodes = new LinkedHashSet<>();

  private Product() {}

  /** Returns the product that ends in a Mul or Div, empty when it has not two activations. */
  static Optional<Product> endingIn(Node last) {
    Product product = new Product();
    return product.take(last) && product.factors.size() == 2
        ? Optional.of(product)
        : Optional.empty();
  }

  double coefficient() {
    return coefficient;
  }

  /** Returns the first or the second activation. */
  Value factor(int index) {
    return factors.get(index);
  }

  Set<Node> nodes() {
    return nodes;
  }

  private boolean take(Node node) {
    nodes.add(node);
    if (node.is("Mul")) {
      return multiply(node.requiredInput(0)) && multiply(node.requiredInput(1));
    }
    OptionalDouble divisor = Scalars.of(node.requiredInput(1));
    if (divisor.isEmpty()) {
      return false;
    }
    coefficient /= divisor.getAsDouble();
    return multiply(node.requiredInput(0));
  }

  private boolean multiply(Value value) {
    OptionalDouble constant = Scalars.of(value);
    if (constant.isPresent()) {
      coefficient *= constant.getAsDouble();
      return true;
    }
    Optional<Node> before =
        value
            .producer()
            .filter(node -> value.hasSingleReader() && nodes.size() < LARGEST)
            .filter(Product::canBeTaken);
    if (before.isPresent()) {
      return take(before.get());
    }
    factors.add(value);
    return factors.size() <= 2;
  }

  private static boolean canBeTaken(Node node) {
    return node.is("Mul") || (node.is("Div") && Scalars.of(node.requiredInput(1)).isPresent());
  }
}
