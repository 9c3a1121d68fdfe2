/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Folds chains of nodes that scale and shift channels into the operator before them.
 *
 * <p>A chain begins at the only reader of the operator's output and goes on as long as there is one
 * reader of the kind looked for. Its maps are composed in float64, so that constants are rounded
 * once however long it is. The operator then writes the output of the chain's last node.
 *
 * <p>A MatMul takes part where its output is a matrix and the chain holds a BatchNormalization; the
 * chain then leaves one Add behind, its shift. With more axes, axis 1 would not be the features'.
 */
final class ChannelwiseFolding {
  private final Graph graph;
  private final GraphRewriter rewriter;
  private final Kind kind;
  private @Nullable ShapeInference shapes;

  ChannelwiseFolding(Graph graph, Kind kind) {
    this.graph = graph;
    this.rewriter = graph.rewriter();
    this.kind = kind;
  }

  /** The nodes looked for. */
  @FunctionalInterface
  interface Kind {
    /** Returns what a node does to the channels of a value, empty for nodes of another kind. */
    Optional<ChannelAffine> map(Node node, Value value, ChannelwiseOperator operator);
  }

  boolean run() {
    boolean modified = false;
    for (Node node : graph.nodes()) {
      modified |= ChannelwiseOperator.of(node).map(this::foldInto).orElse(false);
    }
    return modified;
  }

  private boolean foldInto(ChannelwiseOperator operator) {
    List<Node> chain = new ArrayList<>();
    ChannelAffine map = ChannelAffine.identity(operator.channelCount());
    Value end = operator.node().output();
    while (end.hasSingleReader()) {
      Node reader = end.uses().get(0).node();
      Optional<ChannelAffine> longer =
          kind.map(reader, end, operator).map(map::then).filter(ChannelAffine::isFinite);
      if (longer.isEmpty()) {
        break;
      }
      map = longer.get();
      chain.add(reader);
      end = reader.output();
    }
    if (chain.isEmpty() || (operator.isMatMul() && !isNormalizedMatrix(operator, chain))) {
      return false;
    }
    fold(operator, map, chain);
    return true;
  }

  private void fold(ChannelwiseOperator operator, ChannelAffine map, List<Node> chain) {
    operator.scale(rewriter, map);
    Node heir = operator.node();
    if (operator.isMatMul()) {
      heir = insertShift(operator, map, chain.get(0));
    } else {
      operator.shift(rewriter, map);
    }
    for (Node absorbed : chain) {
      rewriter.absorb(absorbed, heir);
    }
  }

  private Node insertShift(ChannelwiseOperator operator, ChannelAffine map, Node first) {
    Value product = operator.node().output();
    Use use = product.uses().get(0);
    Value bias =
        rewriter.addInitializer(
            rewriter.freeName(operator.node().requiredInput(1) + "_bias"),
            ChannelwiseOperator.newBias(Optional.empty(), map));
    String output = rewriter.freeName(product + "_shifted");
    Node add =
        rewriter.insertBefore(
            first, NodeBlueprint.of("Add", product + "_Add", List.of(product, bias), output));
    rewriter.replaceInput(use, add.output());
    return add;
  }

  private boolean isNormalizedMatrix(ChannelwiseOperator matMul, List<Node> chain) {
    if (chain.stream().noneMatch(node -> node.is("BatchNormalization"))) {
      return false;
    }
    if (shapes == null) {
      shapes = ShapeInference.of(graph);
    }
    return shapes
        .dimensions(matMul.node().requiredInput(0))
        .filter(dimensions -> dimensions.size() == 2)
        .isPresent();
  }
}
