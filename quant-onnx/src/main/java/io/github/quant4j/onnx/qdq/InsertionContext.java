/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The graph being rewritten and what insertions share: names, the order of nodes, zero points. */
final class InsertionContext {
  private final Graph graph;
  private final GraphRewriter rewriter;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<Node, Integer> positions = new HashMap<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<Shape, Value> zeroPoints = new HashMap<>();

  InsertionContext(Graph graph) {
    this.graph = graph;
    this.rewriter = graph.rewriter();
    for (Node node : graph.nodes()) {
      positions.put(node, positions.size());
      nodes.put(node.name(), node);
      if (!nodeNames.add(node.name())) {
        throw new OnnxException(
            "two nodes are named \"" + node.name() + "\"; run the normalization passes first");
      }
    }
  }

  GraphRewriter rewriter() {
    return rewriter;
  }

  Value value(String name) {
    return graph
        .value(name)
        .orElseThrow(
            () ->
                new OnnxException("the plan names tensor \"" + name + "\", which the model lacks"));
  }

  Tensor constant(String name) {
    return value(name)
        .constant()
        .orElseThrow(() -> new OnnxException("tensor \"" + name + "\" is not an initializer"));
  }

  Node node(String name) {
    return Optional.ofNullable(nodes.get(name))
        .orElseThrow(
            () -> new OnnxException("the plan names node \"" + name + "\", which the model lacks"));
  }

  Use use(Edge edge) {
    return Optional.ofNullable(nodes.get(edge.node()))
        .filter(node -> node.input(edge.inputIndex()).isPresent())
        .map(node -> new Use(node, edge.inputIndex()))
        .orElseThrow(
            () -> new OnnxException("the plan names input " + edge + ", which the model lacks"));
  }

  List<Use> uses(List<Edge> edges) {
    return edges.stream().map(this::use).toList();
  }

  /** Returns a name no node has, and takes it. */
  String nodeName(String wish) {
    String name = wish;
    for (int suffix = 1; !nodeNames.add(name); suffix++) {
      name = wish + "_" + suffix;
    }
    return name;
  }

  /** Returns the first of the readers in the order the graph had before anything was inserted. */
  Node firstReader(List<Use> uses) {
    return uses.stream()
        .map(Use::node)
        .min(Comparator.comparing(node -> positions.getOrDefault(node, Integer.MAX_VALUE)))
        .orElseThrow();
  }

  /** Adds an initializer with a name made of the wish. */
  Value addConstant(String wish, Tensor tensor) {
    return rewriter.addInitializer(rewriter.freeName(wish), tensor);
  }

  /** Returns the int8 zeros of a shape; one initializer serves all pairs of that shape. */
  Value zeroPoint(Shape shape) {
    return zeroPoints.computeIfAbsent(
        shape,
        wanted -> {
          String suffix = wanted.rank() == 0 ? "" : "_" + wanted.dimension(0);
          byte[] zeros = new byte[Math.toIntExact(wanted.elementCount())];
          return addConstant(
              "zero_point_int8" + suffix, Tensor.ofBytes(ElementType.INT8, wanted, zeros));
        });
  }
}
