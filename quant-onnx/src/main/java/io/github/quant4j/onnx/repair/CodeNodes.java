/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.TensorType;
import io.github.quant4j.onnx.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts DequantizeLinear behind codes and QuantizeLinear before them. Codes that several operators
 * read with the same scale are dequantized once. Not thread-safe.
 */
final class CodeNodes {
  private record Reading(Value codes, CodeScale scale) {}

  private final RepairContext context;
  private final Map<Reading, Value> known = new HashMap<>();
  private RepairContext.@Nullable NodeNames names;

  CodeNodes(RepairContext context) {
    this.context = context;
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
    declareLike(codes, floats);
    return floats;
  }

  String nodeName(String wish) {
    if (names == null) {
      names = context.nodeNames();
    }
    return names.free(wish);
  }

  /** Declares a new tensor as float of the shape of another, where that is known. */
  void declareLike(Value source, Value made) {
    Optional<List<Dimension>> dimensions =
        source.constantShape().map(CodeNodes::dimensions).or(() -> source.type().dimensions());
    dimensions.ifPresent(
        shape ->
            context
                .rewriter()
                .declareType(
                    made, TensorType.ofDimensions(shape).withElementType(ElementType.FLOAT)));
  }

  private static List<Dimension> dimensions(Shape shape) {
    return Arrays.stream(shape.toArray()).mapToObj(Dimension::of).toList();
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
    declareLike(codes, made.output());
    return made.output();
  }
}
