/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which readers take int8 codes according to a plan. */
final class PlannedPrecision {
  private final QuantizationPlan plan;
  private final Set<Edge> pairedEdges = new HashSet<>();
  private final Set<Value> onlyInt8Readers = new HashSet<>();

  PlannedPrecision(Graph graph, QuantizationPlan plan) {
    this.plan = plan;
    plan.activationPairs().forEach(pair -> pairedEdges.addAll(pair.edges()));
    List<Node> backwards = new ArrayList<>(graph.nodes());
    Collections.reverse(backwards);
    // Readers come first, so that an operator that only moves codes can be looked through.
    for (Node node : backwards) {
      node.outputs().stream().filter(this::isOnlyReadAsInt8).forEach(onlyInt8Readers::add);
    }
  }

  /** Tells whether a read sees a tensor through a pair of its own. */
  boolean isPaired(Use use) {
    return pairedEdges.contains(new Edge(use.node().name(), use.inputIndex()));
  }

  /** Tells whether every reader of a computed value takes int8 codes. */
  boolean hasOnlyInt8Readers(Value value) {
    return onlyInt8Readers.contains(value);
  }

  /**
   * Tells whether all activations a kernel reads from outside come as int8 codes.
   *
   * @param group the nodes of the kernel
   * @param codes the values that are stored as codes
   * @param onShapes nodes whose outputs are no activations
   */
  boolean readsCodes(List<Node> group, Set<Value> codes, Set<Node> onShapes) {
    Set<Value> inside = new HashSet<>();
    group.forEach(node -> inside.addAll(node.outputs()));
    boolean isAny = false;
    for (Node node : group) {
      for (int i = 0; i < node.inputCount(); i++) {
        Optional<Value> input =
            node.input(i)
                .filter(value -> !value.isConstant() && !inside.contains(value))
                .filter(value -> value.producer().filter(onShapes::contains).isEmpty());
        if (input.isPresent()) {
          if (!isPaired(new Use(node, i)) && !codes.contains(input.get())) {
            return false;
          }
          isAny = true;
        }
      }
    }
    return isAny;
  }

  private boolean isOnlyReadAsInt8(Value value) {
    boolean isReadInside = !value.isGraphOutput() && !value.isCaptured() && !value.uses().isEmpty();
    return isReadInside && value.uses().stream().allMatch(this::takesCodes);
  }

  private boolean takesCodes(Use use) {
    if (isPaired(use)) {
      return true;
    }
    Node reader = use.node();
    boolean movesCodes = OperatorClass.isCopy(reader) || OperatorClass.isPlainMaxPool(reader);
    boolean isRead = use.inputIndex() == 0;
    return isRead
        && (movesCodes
            ? reader.outputs().stream().allMatch(onlyInt8Readers::contains)
            // Its pair stands further up, before operators that move codes.
            : EngineOperators.isWeighted(reader) && isQuantized(reader));
  }

  private boolean isQuantized(Node node) {
    return plan.decision(node.name()).filter(NodeDecision::isQuantized).isPresent();
  }
}
