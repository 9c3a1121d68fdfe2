/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds attentions, each from its Softmax: back over scale, mask and casts to the product of two
 * activations that makes the scores, forward over casts to the product with the values.
 */
final class AttentionMatcher {
  /** How many operators are looked at on the way back from a Softmax. */
  private static final int LONGEST_SEARCH = 16;

  /** How many casts and the like may follow a Softmax. */
  private static final int LONGEST_TAIL = 3;

  private final Matches matches;
  private final ShapeInference shapes;

  AttentionMatcher(Matches matches, ShapeInference shapes) {
    this.matches = matches;
    this.shapes = shapes;
  }

  /** Notes the attention around a Softmax, where there is one. */
  void match(Node softmax) {
    if (!softmax.is("Softmax")) {
      return;
    }
    Optional<List<Node>> before = new Search(shapes).from(softmax.requiredInput(0));
    Optional<List<Node>> after = tail(softmax);
    if (before.isEmpty() || after.isEmpty()) {
      return;
    }
    Set<Node> nodes = new LinkedHashSet<>(before.get());
    nodes.add(softmax);
    nodes.addAll(after.get());
    nodes.addAll(shapesOf(nodes));
    Node scores = before.get().get(0);
    Node context = after.get().get(after.get().size() - 1);
    if (matches.isFree(nodes, context.output())) {
      matches.add(
          new AttentionPattern(
              context.requiredInput(0), sizes(scores, context), matches.sorted(nodes)));
    }
  }

  /** Returns the operators from behind the Softmax to the product with the values. */
  private static Optional<List<Node>> tail(Node softmax) {
    List<Node> tail = new ArrayList<>();
    Value value = softmax.output();
    while (value.hasSingleReader() && tail.size() <= LONGEST_TAIL) {
      Use use = value.uses().get(0);
      tail.add(use.node());
      if (isActivationProduct(use.node())) {
        return use.inputIndex() == 0 ? Optional.of(tail) : Optional.empty();
      }
      if (!use.node().is("Cast", "Dropout", "Identity", "Reshape") || use.inputIndex() != 0) {
        return Optional.empty();
      }
      value = use.node().output();
    }
    return Optional.empty();
  }

  /**
   * Returns the operators that read the shape a Reshape gives back, where it is that of the scores:
   * so older Softmax are written, which took the axes from one on as one.
   */
  private static List<Node> shapesOf(Set<Node> nodes) {
    return nodes.stream()
        .filter(node -> node.is("Reshape"))
        .flatMap(node -> node.input(1).flatMap(Value::producer).stream())
        .filter(node -> node.is("Shape"))
        .filter(node -> node.requiredInput(0).producer().filter(nodes::contains).isPresent())
        .toList();
  }

  private static boolean isActivationProduct(Node node) {
    return node.is("MatMul") && node.inputs().stream().noneMatch(Value::isConstant);
  }

  private AttentionPattern.Sizes sizes(Node scores, Node context) {
    OptionalLong head = firstOf(size(scores.requiredInput(0), 1), size(scores.requiredInput(1), 2));
    OptionalLong valueSize = size(context.requiredInput(1), 1);
    return new AttentionPattern.Sizes(
        head.equals(valueSize) ? head : OptionalLong.empty(),
        firstOf(size(scores.requiredInput(0), 2), size(scores.output(), 2)),
        firstOf(size(scores.requiredInput(1), 1), size(context.requiredInput(1), 2)));
  }

  private static OptionalLong firstOf(OptionalLong first, OptionalLong second) {
    return first.isPresent() ? first : second;
  }

  /** Returns a dimension counted from the end, empty when it is not known. */
  private OptionalLong size(Value value, int fromEnd) {
    Optional<List<Dimension>> dimensions = shapes.dimensions(value);
    if (dimensions.isPresent()
        && dimensions.get().size() >= fromEnd
        && dimensions.get().get(dimensions.get().size() - fromEnd)
            instanceof Dimension.Fixed fixed) {
      return OptionalLong.of(fixed.size());
    }
    return OptionalLong.empty();
  }

  /** A bounded search for the product behind scale and mask. */
  private static final class Search {
    private final ShapeInference shapes;
    private int visited;

    Search(ShapeInference shapes) {
      this.shapes = shapes;
    }

    /** Returns the operators from the product to the value, in this order. */
    Optional<List<Node>> from(Value value) {
      Optional<Node> producer = value.producer();
      if (producer.isEmpty() || ++visited > LONGEST_SEARCH) {
        return Optional.empty();
      }
      Node node = producer.get();
      if (isActivationProduct(node)) {
        return Optional.of(new ArrayList<>(List.of(node)));
      }
      for (Value before : scoresOf(node)) {
        Optional<List<Node>> path = from(before);
        if (path.isPresent()) {
          path.get().add(node);
          return path;
        }
      }
      return Optional.empty();
    }

    /** Returns the inputs that may be scores, where the others are a scale or a mask. */
    private List<Value> scoresOf(Node node) {
      if (node.is("Cast", "Clip", "Dropout", "Flatten", "Identity", "Reshape", "Sub")) {
        return List.of(node.requiredInput(0));
      }
      if (node.is("Where")) {
        return List.of(node.requiredInput(1), node.requiredInput(2));
      }
      if (node.is("Add", "Max")) {
        return node.inputs();
      }
      return node.is("Mul", "Div") ? scaled(node) : List.of();
    }

    private List<Value> scaled(Node node) {
      Value left = node.requiredInput(0);
      Value right = node.requiredInput(1);
      if (ScalarOrigin.isScalar(right, shapes)) {
        return List.of(left);
      }
      return node.is("Mul") && ScalarOrigin.isScalar(left, shapes) ? List.of(right) : List.of();
    }
  }
}
