/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions of the values of a graph, from what the model declares, from what its operators do
 * and, where a caller gives them, from the shapes of its inputs.
 *
 * <p>A size that operators compute counts first as a number, else a declared number wins; a formula
 * of named sizes, such as {@code floor((height + 1)/2)}, wins over a declared name. The small
 * integer tensors from which exporters compute shapes (Shape, Gather, Concat and so on) are
 * followed, so that Reshape, Slice or Resize by a computed shape have dimensions too. A wrong guess
 * is never made: what cannot be told is {@link Dimension#unknown()}, or no dimensions at all. Named
 * sizes are taken to be at least 1.
 *
 * <p>One pass over the nodes, O(nodes). A snapshot: later changes to the graph are not seen.
 * Immutable and thread-safe.
 */
public final class ShapeInference {
  private final Map<Value, List<Size>> sizes;

  private ShapeInference(Map<Value, List<Size>> sizes) {
    this.sizes = sizes;
  }

  /**
   * Infers the dimensions of a graph.
   *
   * @param graph the graph
   * @return the dimensions of its values
   */
  public static ShapeInference of(Graph graph) {
    return of(graph, Map.of());
  }

  /**
   * Infers the dimensions of a graph that is fed tensors of known shapes. A named dimension is the
   * same number in all inputs and wherever else the model declares it.
   *
   * @param graph the graph
   * @param inputShapes shapes of graph inputs, by name; inputs left out keep what is declared
   * @return the dimensions of its values
   * @throws OnnxException if the graph has no such input, or a shape contradicts what is declared
   */
  public static ShapeInference of(Graph graph, Map<String, Shape> inputShapes) {
    Knowledge knowledge = new Knowledge(InputShapes.bind(graph, inputShapes));
    for (Value input : graph.inputs()) {
      Shape given = inputShapes.get(input.name());
      if (given == null) {
        knowledge.note(input, Optional.empty());
      } else {
        knowledge.note(input, given);
      }
    }
    for (Value initializer : graph.initializers()) {
      initializer.constantShape().ifPresent(shape -> knowledge.note(initializer, shape));
    }
    graph.nodes().forEach(node -> infer(node, knowledge));
    return new ShapeInference(knowledge.sizes());
  }

  private static void infer(Node node, Knowledge knowledge) {
    Call call = new Call(node, knowledge);
    for (int index = 0; index < node.outputCount(); index++) {
      int position = index;
      node.output(index)
          .ifPresent(value -> knowledge.note(value, OperatorShapes.output(call, position)));
    }
    node.output(0)
        .ifPresent(
            value ->
                ElementRules.output(call).ifPresent(elements -> knowledge.note(value, elements)));
  }

  /**
   * Returns the dimensions of a value.
   *
   * @param value a value of the graph
   * @return the dimensions, empty when not even the rank is known
   */
  public Optional<List<Dimension>> dimensions(Value value) {
    return sizes(value).map(known -> known.stream().map(Size::toDimension).toList());
  }

  /**
   * Tells whether two values have the same shape for certain, so that neither is broadcast when
   * they are added: the same rank, and in each dimension the same number or formula. A dimension
   * nothing is known about equals only itself, wherever operators that keep sizes carry it.
   *
   * @param a a value
   * @param b another
   * @return true when neither is broadcast to the other
   */
  public boolean haveSameShape(Value a, Value b) {
    return sizes(a).isPresent() && sizes(a).equals(sizes(b));
  }

  Optional<List<Size>> sizes(Value value) {
    return Optional.ofNullable(sizes.get(value));
  }
}
