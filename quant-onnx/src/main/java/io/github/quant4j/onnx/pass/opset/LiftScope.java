/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What converters know of the graph they work in, and how they change it. Not thread-safe. */
final class LiftScope {
  private final Graph graph;
  private final ElementTypes elementTypes;
  private @Nullable ShapeInference shapes;

  LiftScope(Graph graph, ElementTypes elementTypes) {
    this.graph = graph;
    this.elementTypes = elementTypes;
  }

  GraphRewriter rewriter() {
    return graph.rewriter();
  }

  /**
   * Returns the dimensions of a value. They are inferred when first asked for, so that the
   * converters that ask come after those of the same version that give nodes their known form.
   */
  Optional<List<Dimension>> dimensions(Value value) {
    if (shapes == null) {
      shapes = ShapeInference.of(graph);
    }
    return shapes.dimensions(value);
  }

  Optional<ElementType> elementType(Value value) {
    return elementTypes.of(value);
  }

  /** Returns a constant, whether it is an initializer or the output of a Constant node. */
  static Optional<Tensor> constant(Value value) {
    return value.constant().or(() -> value.producer().flatMap(Node::constantTensor));
  }

  /** Returns a new name made of the node's first output. */
  String name(Node node, String suffix) {
    return rewriter().freeName(stem(node) + "_" + suffix);
  }

  private static String stem(Node node) {
    return node.outputs().stream().findFirst().map(Value::name).orElseGet(node::label);
  }

  /** Makes a node read a constant that an attribute held. */
  void putConstant(Use use, String suffix, Tensor tensor) {
    Value constant = rewriter().addInitializer(name(use.node(), suffix), tensor);
    rewriter().fillInput(use.node(), use.inputIndex(), constant);
  }

  void putIntegers(Use use, String suffix, List<Long> values) {
    long[] integers = values.stream().mapToLong(Long::longValue).toArray();
    putConstant(use, suffix, Tensor.ofLongs(Shape.of(integers.length), integers));
  }

  /** Makes a node read a scalar of the element type of its first input. */
  void putScalar(Use use, String suffix, float value) {
    ElementType type = elementType(use.node().requiredInput(0)).orElseThrow();
    Tensor scalar = Tensor.ofFloats(Shape.of(), value);
    if (type == ElementType.FLOAT) {
      putConstant(use, suffix, scalar);
      return;
    }
    Value constant = rewriter().addInitializer(name(use.node(), suffix + "_float"), scalar);
    NodeBlueprint cast =
        blueprint(use.node(), suffix, "Cast", constant).withInteger("to", type.onnxCode());
    Node made = rewriter().insertBefore(use.node(), cast);
    rewriter().fillInput(use.node(), use.inputIndex(), made.output());
  }

  /** Describes a node of one input; it and its output are named after the given node. */
  NodeBlueprint blueprint(Node node, String suffix, String opType, Value input) {
    String name = name(node, suffix);
    return NodeBlueprint.of(opType, name, List.of(input), name);
  }
}
