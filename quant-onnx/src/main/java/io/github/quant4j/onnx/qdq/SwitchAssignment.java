/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which operators of a plan can be quantized or not one by one: all that read a quantized tensor,
 * save those that only pass codes on to such an operator, which go with it.
 */
final class SwitchAssignment {
  private final List<String> operators;
  private final Map<String, Integer> switches;

  private SwitchAssignment(List<String> operators, Map<String, Integer> switches) {
    this.operators = operators;
    this.switches = switches;
  }

  static SwitchAssignment of(QuantizationPlan plan, Graph graph) {
    Set<String> readers = readers(plan);
    Map<String, String> leaders = new HashMap<>();
    List<Node> fromTheEnd = new ArrayList<>(graph.nodes());
    Collections.reverse(fromTheEnd);
    for (Node node : fromTheEnd) {
      leader(node, readers, leaders).ifPresent(leader -> leaders.put(node.name(), leader));
    }
    List<String> operators =
        graph.nodes().stream()
            .map(Node::name)
            .filter(name -> name.equals(leaders.get(name)))
            .toList();
    Map<String, Integer> indices = new HashMap<>();
    operators.forEach(operator -> indices.put(operator, indices.size()));
    Map<String, Integer> switches = new HashMap<>();
    leaders.forEach((node, leader) -> switches.put(node, requireNonNull(indices.get(leader))));
    return new SwitchAssignment(operators, switches);
  }

  /** Returns the operators in the order of the switches, which is that of the graph. */
  List<String> operators() {
    return operators;
  }

  /** Returns the switch of the operator that reads at an edge of the plan. */
  int of(Edge edge) {
    Integer index = switches.get(edge.node());
    if (index == null) {
      throw new OnnxException(
          "the float model lacks node \"%s\", which the plan quantizes".formatted(edge.node()));
    }
    return index;
  }

  private static Set<String> readers(QuantizationPlan plan) {
    Set<String> readers = new HashSet<>();
    plan.activationPairs().forEach(pair -> pair.edges().forEach(edge -> readers.add(edge.node())));
    plan.weights().forEach(weight -> weight.edges().forEach(edge -> readers.add(edge.node())));
    return readers;
  }

  /** Returns the operator whose switch a node follows; the leaders of its readers are known. */
  private static Optional<String> leader(
      Node node, Set<String> readers, Map<String, String> leaders) {
    Optional<String> behind =
        passesCodesOn(node)
            ? node.outputs().stream()
                .flatMap(output -> output.uses().stream())
                .flatMap(use -> Optional.ofNullable(leaders.get(use.node().name())).stream())
                .findFirst()
            : Optional.empty();
    return behind.or(() -> Optional.of(node.name()).filter(readers::contains));
  }

  private static boolean passesCodesOn(Node node) {
    return OperatorClass.isCopy(node)
        || OperatorClass.isPlainMaxPool(node)
        || node.is("Pad", "Concat", "Resize", "Upsample");
  }
}
