/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.TensorType;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions of the values of a graph, from what the model declares and from what its operators
 * do.
 *
 * <p>A declared dimension wins; one the model leaves open is computed where the operator is known,
 * and stays unknown otherwise. A wrong guess is never made: what cannot be told is {@link
 * Dimension#unknown()}, or no dimensions at all.
 *
 * <p>One pass over the nodes, O(nodes). A snapshot: later changes to the graph are not seen.
 * Immutable and thread-safe.
 */
public final class ShapeInference {
  private final Map<Value, List<Dimension>> dimensions;

  private ShapeInference(Map<Value, List<Dimension>> dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * Infers the dimensions of a graph.
   *
   * @param graph the graph
   * @return the dimensions of its values
   */
  public static ShapeInference of(Graph graph) {
    Map<Value, List<Dimension>> known = new HashMap<>();
    ShapeInference inference = new ShapeInference(known);
    graph.inputs().forEach(input -> inference.note(input, Optional.empty()));
    graph.initializers().forEach(initializer -> inference.note(initializer, constant(initializer)));
    for (Node node : graph.nodes()) {
      node.output(0)
          .ifPresent(output -> inference.note(output, OperatorShapes.output(node, inference)));
      node.outputs().stream()
          .filter(output -> !known.containsKey(output))
          .forEach(output -> inference.note(output, Optional.empty()));
    }
    return inference;
  }

  /**
   * Returns the dimensions of a value.
   *
   * @param value a value of the graph
   * @return the dimensions, empty when not even the rank is known
   */
  public Optional<List<Dimension>> dimensions(Value value) {
    return Optional.ofNullable(dimensions.get(value));
  }

  /**
   * Tells whether two values have the same shape for certain enough to be added element by element:
   * the same rank, and in each dimension the same size or name, or both unknown. An unknown next to
   * a 1 may be a broadcast and counts as different, as does an unknown next to a number.
   *
   * @param a a value
   * @param b another
   * @return true when neither is broadcast to the other
   */
  public boolean haveSameShape(Value a, Value b) {
    return dimensions(a).isPresent() && dimensions(a).equals(dimensions(b));
  }

  private void note(Value value, Optional<List<Dimension>> computed) {
    TensorType declared = value.type();
    if (declared.dimensions().isEmpty()) {
      computed.ifPresent(found -> dimensions.put(value, found));
    } else if (computed.isEmpty() || computed.get().size() != declared.dimensions().get().size()) {
      dimensions.put(value, declared.dimensions().get());
    } else {
      dimensions.put(value, merge(declared.dimensions().get(), computed.get()));
    }
  }

  private static List<Dimension> merge(List<Dimension> declared, List<Dimension> computed) {
    Dimension[] merged = declared.toArray(Dimension[]::new);
    for (int i = 0; i < merged.length; i++) {
      if (!(merged[i] instanceof Dimension.Fixed) && !computed.get(i).equals(Dimension.unknown())) {
        merged[i] = computed.get(i);
      }
    }
    return List.of(merged);
  }

  private static Optional<List<Dimension>> constant(Value initializer) {
    return initializer
        .constantShape()
        .map(
            shape -> {
              Dimension[] fixed = new Dimension[shape.rank()];
              for (int i = 0; i < fixed.length; i++) {
                fixed[i] = Dimension.of(shape.dimension(i));
              }
              return List.of(fixed);
            });
  }
}
