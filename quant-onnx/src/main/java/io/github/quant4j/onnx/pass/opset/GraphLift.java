/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lift of one graph and of the bodies in it. */
final class GraphLift {
  private final Graph graph;
  private final LiftScope scope;
  private final List<OperatorConverter> converters;
  private final Map<Node, List<GraphLift>> bodies = new LinkedHashMap<>();

  private GraphLift(Graph graph, ElementTypes elementTypes, List<OperatorConverter> converters) {
    this.graph = graph;
    this.scope = new LiftScope(graph, elementTypes);
    this.converters = converters;
    for (Node node : graph.nodes()) {
      List<Graph> inside = graph.bodies(node);
      if (!inside.isEmpty()) {
        bodies.put(
            node,
            inside.stream().map(body -> new GraphLift(body, elementTypes, converters)).toList());
      }
    }
  }

  static GraphLift of(OnnxModel model, long from, long to) {
    List<OperatorConverter> converters =
        OperatorConverters.all().stream()
            .filter(converter -> converter.version() > from && converter.version() <= to)
            .toList();
    return new GraphLift(model.graph(), new ElementTypes(model), converters);
  }

  /** Refuses a graph that cannot be converted as a whole. */
  void verify() {
    for (Node node : graph.nodes()) {
      for (OperatorConverter converter : converters) {
        if (applies(converter, node)) {
          converter.obstacle(node, scope).ifPresent(reason -> refuse(node, converter, reason));
        }
      }
    }
    bodies.values().forEach(inside -> inside.forEach(GraphLift::verify));
  }

  /** Converts the nodes; returns whether there were any to convert. */
  boolean convert() {
    boolean modified = false;
    for (OperatorConverter converter : converters) {
      for (Node node : graph.nodes()) {
        if (applies(converter, node)) {
          converter.convert(node, scope);
          modified = true;
        }
      }
    }
    for (Map.Entry<Node, List<GraphLift>> entry : bodies.entrySet()) {
      modified |= convertBodies(entry.getKey(), entry.getValue());
    }
    return modified;
  }

  private boolean convertBodies(Node node, List<GraphLift> inside) {
    boolean modified = false;
    for (GraphLift lift : inside) {
      modified |= lift.convert();
    }
    if (modified) {
      graph.rewriter().replaceBodies(node, inside.stream().map(lift -> lift.graph).toList());
    }
    return modified;
  }

  private static boolean applies(OperatorConverter converter, Node node) {
    return node.domain().isEmpty() && converter.opTypes().contains(node.opType());
  }

  private static void refuse(Node node, OperatorConverter converter, String reason) {
    throw new OnnxException(
        "node \"%s\": %s cannot be lifted from opset %s to %s: %s"
            .formatted(
                node.label(), node.opType(), converter.version() - 1, converter.version(), reason));
  }
}
