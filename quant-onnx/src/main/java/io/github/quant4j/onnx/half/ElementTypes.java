/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The element types of the values of a graph: what the model declares, else what its operators make
 * of their inputs. What cannot be told is unknown. One pass over the nodes.
 */
public final class ElementTypes {
  private final Map<Value, ElementType> types = new HashMap<>();

  private ElementTypes() {}

  /**
   * Finds the types of the values of a graph.
   *
   * @param graph the graph; later changes to it are not seen
   * @return the types
   */
  public static ElementTypes of(Graph graph) {
    ElementTypes known = new ElementTypes();
    graph.inputs().forEach(input -> known.note(input, input.type().elementType()));
    for (Value constant : graph.initializers()) {
      known.note(constant, constant.constantElementType());
    }
    graph.nodes().forEach(known::visit);
    return known;
  }

  /**
   * Returns the type of the elements of a value.
   *
   * @param value a value of the graph
   * @return the type, empty when it cannot be told
   */
  public Optional<ElementType> type(Value value) {
    return Optional.ofNullable(types.get(value));
  }

  /** Tells whether a value is a float32 tensor for certain. */
  boolean isFloat(Value value) {
    return types.get(value) == ElementType.FLOAT;
  }

  /** Tells whether the type T that the inputs and outputs of an operator share is float32. */
  boolean computesFloat(Node node) {
    return shared(node).filter(type -> type == ElementType.FLOAT).isPresent();
  }

  private void visit(Node node) {
    Optional<ElementType> shared = shared(node);
    for (int i = 0; i < node.inputCount(); i++) {
      if (OperatorTypes.isTypedInput(node, i)) {
        node.input(i).ifPresent(input -> note(input, shared));
      }
    }
    for (Value output : node.outputs()) {
      note(output, output.type().elementType());
    }
    for (int i = 0; i < node.outputCount(); i++) {
      Optional<ElementType> made = made(node, i, shared);
      node.output(i).ifPresent(output -> note(output, made));
    }
  }

  private static Optional<ElementType> made(Node node, int index, Optional<ElementType> shared) {
    if (node.is("Cast")) {
      return ElementType.ofOnnxCode((int) node.integer("to", 0));
    }
    if (node.is("ConstantOfShape") && !node.hasAttribute("value")) {
      return Optional.of(ElementType.FLOAT);
    }
    return OperatorTypes.isTypedOutput(node, index) ? shared : Optional.empty();
  }

  private Optional<ElementType> shared(Node node) {
    return IntStream.range(0, node.inputCount())
        .filter(i -> OperatorTypes.isTypedInput(node, i))
        .mapToObj(i -> node.input(i).map(types::get))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private void note(Value value, Optional<ElementType> type) {
    type.ifPresent(found -> types.putIfAbsent(value, found));
  }
}
