/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Carries out a {@link PrecisionPlan}: types of constants and tensors, and Casts at the borders.
 */
final class HalfRewriting {
  private final Graph graph;
  private final GraphRewriter rewriter;
  private final PrecisionPlan plan;
  private final Set<String> nodeNames = new HashSet<>();

  HalfRewriting(Graph graph, PrecisionPlan plan) {
    this.graph = graph;
    this.rewriter = graph.rewriter();
    this.plan = plan;
    graph.nodes().forEach(node -> nodeNames.add(node.name()));
  }

  /** Rewrites the graph, and tells whether anything changed. */
  boolean run() {
    boolean modified = false;
    List<Value> values = plan.floatValues(graph);
    for (Value constant : graph.initializers()) {
      modified |= convertConstant(constant);
    }
    for (Value value : values) {
      modified |= plan.isHalf(value) ? convert(value) : castForHalfReaders(value);
    }
    return modified;
  }

  private boolean convertConstant(Value value) {
    List<Use> halves = value.uses().stream().filter(plan::isHalf).toList();
    boolean isFloat = value.isConstant(ElementType.FLOAT);
    if (halves.isEmpty() || !isFloat) {
      return false;
    }
    if (halves.size() == value.uses().size() && !value.isGraphOutput() && !value.isCaptured()) {
      rewriter.replaceConstant(value, ElementType.FLOAT16, Float16::saturate);
      rewriter.retype(value, ElementType.FLOAT16);
    } else {
      String name = rewriter.freeName(value + "_float16");
      Value copy = rewriter.addInitializer(name, value, ElementType.FLOAT16, Float16::saturate);
      halves.forEach(use -> rewriter.replaceInput(use, copy));
    }
    return true;
  }

  /** Makes a value float16; whoever needs float32 reads a Cast. */
  private boolean convert(Value value) {
    List<Use> halves = value.uses().stream().filter(plan::isHalf).toList();
    List<Use> floats = value.uses().stream().filter(use -> needsFloat(use)).toList();
    if (value.isGraphOutput() || value.isCaptured()) {
      String name = rewriter.freeName(value + "_float16");
      rewriter.divert(value, name, half -> cast(half, value.name(), ElementType.FLOAT));
      Value half = graph.value(name).orElseThrow();
      halves.forEach(use -> rewriter.replaceInput(use, half));
      return true;
    }
    rewriter.retype(value, ElementType.FLOAT16);
    if (!floats.isEmpty()) {
      Value wide = insertCast(value, "_float32", ElementType.FLOAT);
      floats.forEach(use -> rewriter.replaceInput(use, wide));
    }
    return true;
  }

  private boolean castForHalfReaders(Value value) {
    List<Use> halves = value.uses().stream().filter(plan::isHalf).toList();
    if (halves.isEmpty()) {
      return false;
    }
    Value half = insertCast(value, "_float16", ElementType.FLOAT16);
    halves.forEach(use -> rewriter.replaceInput(use, half));
    return true;
  }

  private Value insertCast(Value value, String suffix, ElementType to) {
    NodeBlueprint blueprint = cast(value, rewriter.freeName(value + suffix), to);
    Node cast =
        value
            .producer()
            .map(producer -> rewriter.insertBehind(producer, blueprint))
            .orElseGet(() -> rewriter.insertBefore(graph.nodes().get(0), blueprint));
    return cast.output();
  }

  private NodeBlueprint cast(Value from, String to, ElementType type) {
    String wish = to + "_Cast";
    String name = wish;
    for (int suffix = 1; !nodeNames.add(name); suffix++) {
      name = wish + "_" + suffix;
    }
    return NodeBlueprint.of("Cast", name, List.of(from), to).withInteger("to", type.onnxCode());
  }

  private boolean needsFloat(Use use) {
    return !plan.isHalf(use) && !OperatorTypes.readsAny(use.node());
  }
}
