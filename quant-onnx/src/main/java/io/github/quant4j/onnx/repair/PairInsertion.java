/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.RepairContext.NodeNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts pairs into a graph, and lets more nodes read those there are. Nodes keep an order in which
 * each can be computed: a pair that stands too late for a reader moves up. One object serves one
 * run of one pass.
 */
final class PairInsertion {
  private final RepairContext context;
  private final GraphRewriter rewriter;
  private final Map<Node, Integer> positions = new HashMap<>();
  private final NodeNames names;

  PairInsertion(RepairContext context) {
    this.context = context;
    this.rewriter = context.rewriter();
    this.names = context.nodeNames();
    context.graph().nodes().forEach(node -> positions.put(node, positions.size()));
  }

  /** Makes a pair on a tensor that is computed before the anchor; returns its result. */
  Value insertBefore(Node anchor, Value tensor, float scale) {
    Value scaleValue = context.addConstant(tensor + "_scale", Tensor.ofFloats(Shape.of(), scale));
    Value zeroPoint = context.int8Zeros(Shape.of());
    Value codes = insert(anchor, "Quantize", tensor, List.of(tensor, scaleValue, zeroPoint));
    return insert(anchor, "Dequantize", tensor, List.of(codes, scaleValue, zeroPoint));
  }

  private Value insert(Node anchor, String verb, Value tensor, List<Value> inputs) {
    String opType = verb + "Linear";
    String suffix = verb.equals("Quantize") ? "_quantized" : "_dequantized";
    Node node =
        rewriter.insertBefore(
            anchor,
            NodeBlueprint.of(
                opType,
                names.free(tensor + "_" + opType),
                inputs,
                rewriter.freeName(tensor + suffix)));
    positions.put(node, position(anchor));
    return node.output();
  }

  /** Makes readers, given in the order of the nodes, read a tensor through a new pair. */
  void insert(Value tensor, List<Use> readers, float scale) {
    Value result = insertBefore(readers.get(0).node(), tensor, scale);
    readers.forEach(use -> rewriter.replaceInput(use, result));
  }

  /** Makes readers, given in the order of the nodes, read the pair their tensor has. */
  void read(QuantizedActivation pair, List<Use> readers) {
    Node anchor = readers.get(0).node();
    Node dequantize =
        pair.dequantizes().stream()
            .map(Quantizer::node)
            .filter(node -> position(node) <= position(anchor))
            .findFirst()
            .orElseGet(() -> pair.dequantizes().get(0).node());
    moveBefore(anchor, pair.quantize().node(), dequantize);
    readers.forEach(use -> rewriter.replaceInput(use, dequantize.output()));
  }

  /** Returns the result of a pair for a node that reads its tensor, so that it can read it. */
  Value resultBefore(Node anchor, Int8Pair pair) {
    moveBefore(anchor, pair.quantize(), pair.dequantize());
    return pair.result();
  }

  private void moveBefore(Node anchor, Node quantize, Node dequantize) {
    if (position(dequantize) > position(anchor)) {
      for (Node node : List.of(quantize, dequantize)) {
        rewriter.moveBefore(node, anchor);
        positions.put(node, position(anchor));
      }
    }
  }

  /** Returns the first of some nodes. */
  Node first(List<Node> nodes) {
    return nodes.stream()
        .reduce((a, b) -> position(b) < position(a) ? b : a)
        .orElseThrow(() -> new IllegalArgumentException("there is no node"));
  }

  /**
   * Returns where a node stood when the pass began, or stands in for the node it was put before.
   */
  private int position(Node node) {
    return positions.getOrDefault(node, -1);
  }
}
