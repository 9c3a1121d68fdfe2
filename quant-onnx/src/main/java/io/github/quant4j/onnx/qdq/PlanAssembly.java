/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes a finished draft down as a plan, everything in the order of the graph. */
final class PlanAssembly {
  private final PlanDraft draft;
  private final List<ScaleLink> links;
  private final ScaleGroups groups;

  private PlanAssembly(PlanDraft draft) {
    this.draft = draft;
    this.links = draft.nodes().stream().filter(draft::sharesScale).map(this::link).toList();
    this.groups = ScaleGroups.of(links);
  }

  static QuantizationPlan of(PlanDraft draft) {
    PlanAssembly assembly = new PlanAssembly(draft);
    List<NodeDecision> decisions =
        draft.nodes().stream().map(node -> draft.decision(node).orElseThrow()).toList();
    return new QuantizationPlan(
        decisions,
        assembly.pairs(),
        assembly.weights(),
        assembly.biases(),
        assembly.links,
        assembly.notes());
  }

  private List<ActivationPair> pairs() {
    Map<Node, Integer> position = new HashMap<>();
    draft.nodes().forEach(node -> position.put(node, position.size()));
    Comparator<Use> order =
        Comparator.<Use>comparingInt(use -> position.getOrDefault(use.node(), 0))
            .thenComparingInt(Use::inputIndex);
    Map<Use, ActivationPair> byFirstReader = new HashMap<>();
    draft
        .requests()
        .forEach(
            (tensor, rules) -> {
              List<Use> uses = rules.keySet().stream().sorted(order).toList();
              byFirstReader.put(uses.get(0), pair(tensor, uses, rules));
            });
    return byFirstReader.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(order))
        .map(Map.Entry::getValue)
        .toList();
  }

  private ActivationPair pair(Value tensor, List<Use> uses, Map<Use, String> rules) {
    List<Edge> edges =
        uses.stream().map(use -> new Edge(use.node().name(), use.inputIndex())).toList();
    String ruleId = rules.getOrDefault(uses.get(0), "");
    return new ActivationPair(
        tensor.name(), groups.sources(tensor.name()), edges, ruleId, draft.fixedRange(tensor));
  }

  /** All inputs of a Concat give its scale; of any other node the first does. */
  private ScaleLink link(Node node) {
    List<Edge> reads = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < (node.is("Concat") ? node.inputCount() : 1); i++) {
      Use read = movedRead(new Use(node, i));
      inputs.add(read.node().requiredInput(read.inputIndex()).name());
      if (draft.isRequested(read) && servesOnly(read, node)) {
        reads.add(new Edge(read.node().name(), read.inputIndex()));
      }
    }
    List<String> outputs = node.outputs().stream().map(Value::name).toList();
    return new ScaleLink(node.name(), reads, inputs, outputs);
  }

  /** Tells whether a pair is read there for one node alone, over copies nobody else reads. */
  private static boolean servesOnly(Use read, Node reader) {
    Node node = read.node();
    while (!node.equals(reader)) {
      if (node.outputs().size() != 1 || !node.output().hasSingleReader()) {
        return false;
      }
      node = node.output().uses().get(0).node();
    }
    return true;
  }

  /** Returns the read to which the pair of a read was moved, over the copies before it. */
  private Use movedRead(Use read) {
    Use moved = read;
    while (!draft.isRequested(moved)) {
      Optional<Node> copy =
          moved
              .node()
              .requiredInput(moved.inputIndex())
              .producer()
              .filter(node -> OperatorClass.isCopy(node) && draft.isQuantized(node));
      if (copy.isEmpty()) {
        return read;
      }
      moved = new Use(copy.get(), 0);
    }
    return moved;
  }

  private List<WeightQuantization> weights() {
    Map<WeightKey, List<Edge>> readers = new LinkedHashMap<>();
    for (Node node : weightedNodes()) {
      WeightKey key = new WeightKey(node.requiredInput(1).name(), draft.weightAxis(node));
      readers.computeIfAbsent(key, tensor -> new ArrayList<>()).add(new Edge(node.name(), 1));
    }
    List<WeightQuantization> weights = new ArrayList<>();
    readers.forEach(
        (key, edges) -> weights.add(new WeightQuantization(key.tensor, key.axis, edges)));
    return weights;
  }

  private List<BiasQuantization> biases() {
    return weightedNodes().stream().flatMap(node -> bias(node).stream()).toList();
  }

  private Optional<BiasQuantization> bias(Node node) {
    Edge edge = new Edge(node.name(), 2);
    String weight = node.requiredInput(1).name();
    return node.input(2)
        .filter(WeightedOperator::isFloatConstant)
        .map(bias -> new BiasQuantization(edge, pairedTensor(node).name(), weight));
  }

  /** Returns the tensor whose pair an operator reads, directly or behind a Pad or copies. */
  private Value pairedTensor(Node node) {
    Use read = new Use(node, 0);
    while (!draft.isRequested(read)) {
      read = new Use(read.node().requiredInput(0).producer().orElseThrow(), 0);
    }
    return read.node().requiredInput(0);
  }

  private List<Node> weightedNodes() {
    return draft.nodes().stream().filter(draft::isWeighted).toList();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>(draft.notes());
    draft
        .requests()
        .forEach(
            (tensor, rules) -> {
              boolean hasFloatReader = tensor.uses().size() > rules.size();
              if (hasFloatReader || tensor.isGraphOutput() || tensor.isCaptured()) {
                notes.add("P46: tensor \"%s\" is read both as INT8 and as float".formatted(tensor));
              }
            });
    return notes;
  }

  private record WeightKey(String tensor, OptionalInt axis) {}
}
