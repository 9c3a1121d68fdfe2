/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts DequantizeLinear behind codes and QuantizeLinear before them. Codes that several operators
 * read with the same scale are dequantized once. Not thread-safe.
 */
final class CodeNodes {
  private record Reading(Value codes, CodeScale scale) {}

  private final RepairContext context;
  private final RepairContext.NodeNames names;
  private final Map<Reading, Value> known = new HashMap<>();

  CodeNodes(RepairContext context) {
    this.context = context;
    this.names = context.nodeNames();
  }

  /** Returns the floats of codes of one scale, for a node that comes later than they do. */
  Value dequantize(Value codes, CodeScale scale, Node reader) {
    return known.computeIfAbsent(
        new Reading(codes, scale), reading -> insert(codes, describe(codes, scale), reader));
  }

  /** Returns the floats of codes with one scale per index of an axis. */
  Value dequantize(Value codes, CodeScale scale, long axis, Node reader) {
    return scale.isSingle()
        ? dequantize(codes, scale, reader)
        : insert(codes, describe(codes, scale).withInteger("axis", axis), reader);
  }

  /**
   * Lets the node that writes codes write floats, which a QuantizeLinear makes codes of. Returns
   * the floats.
   */
  Value quantize(Value codes, CodeScale scale) {
    String nodeName = nodeName(codes + "_QuantizeLinear");
    Value floats =
        context
            .rewriter()
            .divert(
                codes,
                context.rewriter().freeName(codes + "_float"),
                made ->
                    NodeBlueprint.of("QuantizeLinear", nodeName, scale.inputs(made), codes.name()));
    context.rewriter().declareLike(floats, codes, ElementType.FLOAT);
    return floats;
  }

  String nodeName(String wish) {
    return names.free(wish);
  }

  private NodeBlueprint describe(Value codes, CodeScale scale) {
    return NodeBlueprint.of(
        "DequantizeLinear",
        nodeName(codes + "_DequantizeLinear"),
        scale.inputs(codes),
        context.rewriter().freeName(codes + "_dequantized"));
  }

  private Value insert(Value codes, NodeBlueprint blueprint, Node reader) {
    Node made =
        codes
            .producer()
            .map(producer -> context.rewriter().insertBehind(producer, blueprint))
            .orElseGet(() -> context.rewriter().insertBefore(reader, blueprint));
    context.rewriter().declareLike(made.output(), codes, ElementType.FLOAT);
    return made.output();
  }
}
