/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes of a graph compute in float16, and why others do not. Every float32 tensor that such
 * a node writes becomes float16; all others stay as they are.
 */
final class PrecisionPlan {
  private final ElementTypes types;
  private final Set<Node> halves = new HashSet<>();
  private final Map<Node, String> reasons = new LinkedHashMap<>();

  private PrecisionPlan(ElementTypes types) {
    this.types = types;
  }

  /** Decides; the graph stays as it is. */
  static PrecisionPlan of(Graph graph, @Nullable CalibrationTable table) {
    PrecisionPlan plan = new PrecisionPlan(ElementTypes.of(graph));
    PrecisionRules rules = new PrecisionRules(graph, plan.types, table);
    List<Node> nodes = graph.nodes();
    Map<Node, String> found = new LinkedHashMap<>();
    for (Node node : nodes) {
      rules.reason(node).ifPresent(reason -> found.put(node, reason));
      if (!found.containsKey(node)
          && OperatorTypes.allowsHalf(node)
          && plan.types.computesFloat(node)) {
        plan.halves.add(node);
      }
    }
    Set<Node> grown = new IslandGrowth(plan.types, plan.halves).grow(nodes);
    plan.settlePairs(nodes);
    for (Node node : nodes) {
      if (grown.contains(node)) {
        plan.reasons.put(node, "lies beside nodes that stay float32");
      } else if (found.containsKey(node)) {
        plan.reasons.put(node, found.getOrDefault(node, ""));
      }
    }
    return plan;
  }

  /**
   * A pair borders both types without a Cast, for int8 lies between: QuantizeLinear takes the type
   * its tensor has anyway, DequantizeLinear the one its readers want.
   */
  private void settlePairs(List<Node> nodes) {
    for (Node node : nodes) {
      if (node.is("DequantizeLinear") && !isReadAsHalf(node.output())) {
        halves.remove(node);
      }
    }
    for (Node node : nodes) {
      Value tensor = node.is("QuantizeLinear") ? node.requiredInput(0) : null;
      if (tensor != null && !tensor.isConstant() && !isHalf(tensor) && !isReadAsHalf(tensor)) {
        halves.remove(node);
      }
    }
  }

  private boolean isReadAsHalf(Value value) {
    return value.uses().stream().anyMatch(use -> isHalf(use) && !use.node().is("QuantizeLinear"));
  }

  /** Returns why nodes with float32 tensors stay float32, in the order of the graph. */
  Map<Node, String> reasons() {
    return reasons;
  }

  /** Tells whether a place wants float16 where it read float32 so far. */
  boolean isHalf(Use use) {
    return halves.contains(use.node()) && OperatorTypes.isTypedInput(use.node(), use.inputIndex());
  }

  /** Tells whether a float32 value is to be computed in float16. */
  boolean isHalf(Value value) {
    return value
        .producer()
        .filter(producer -> halves.contains(producer) && isTypedOutput(producer, value))
        .isPresent();
  }

  /** Returns the float32 values that nodes write and read, inputs of the graph first. */
  List<Value> floatValues(Graph graph) {
    List<Value> values = new ArrayList<>(graph.inputs());
    graph.nodes().forEach(node -> values.addAll(node.outputs()));
    values.removeIf(value -> !types.isFloat(value));
    return values;
  }

  static boolean isTypedOutput(Node node, Value output) {
    for (int i = 0; i < node.outputCount(); i++) {
      if (node.output(i).filter(output::equals).isPresent()) {
        return OperatorTypes.isTypedOutput(node, i);
      }
    }
    return false;
  }
}
