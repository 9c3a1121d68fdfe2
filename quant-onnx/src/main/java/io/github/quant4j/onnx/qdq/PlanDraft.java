/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.PatternIndex;
import io.github.quant4j.onnx.qdq.NodeDecision.Reason;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A plan in the making: the nodes decided on so far and the reads that are to see a quantized
 * tensor. Not thread-safe.
 */
final class PlanDraft {
  private final ShapeInference shapes;
  private final PatternIndex patterns;
  private final List<Node> nodes;
  private final Map<Node, NodeDecision> decisions = new HashMap<>();
  private final Map<Node, OperatorVerdict.Quantize> weighted = new HashMap<>();
  private final Map<Value, Map<Use, String>> requests = new LinkedHashMap<>();
  private final Set<Node> scaleSharers = new HashSet<>();
  private final Map<Value, ValueRange> fixedRanges = new HashMap<>();
  private final Map<Value, Boolean> quantizable = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<Node, Boolean> quantizableInputs = new HashMap<>();

  PlanDraft(Graph graph, ShapeInference shapes, PatternIndex patterns) {
    this.shapes = shapes;
    this.patterns = patterns;
    this.nodes = graph.nodes();
  }

  List<Node> nodes() {
    return nodes;
  }

  ShapeInference shapes() {
    return shapes;
  }

  PatternIndex patterns() {
    return patterns;
  }

  /** Decides on a node; the first decision stands. */
  void decide(Node node, boolean isQuantized, String ruleId, String reason) {
    decisions.putIfAbsent(
        node,
        new NodeDecision(node.name(), node.opType(), isQuantized, new Reason(ruleId, reason)));
  }

  void decide(Node node, OperatorVerdict verdict) {
    boolean isQuantized = verdict instanceof OperatorVerdict.Quantize;
    if (verdict instanceof OperatorVerdict.Quantize quantize) {
      weighted.put(node, quantize);
    }
    decide(node, isQuantized, verdict.why().ruleId(), verdict.why().text());
  }

  /** Leaves a weighted operator float after all: its decision and its request are taken back. */
  void revoke(Node node, String ruleId, String reason) {
    weighted.remove(node);
    decisions.remove(node);
    withdraw(new Use(node, 0));
    decide(node, false, ruleId, reason);
  }

  /** Replaces the decision on an operator that reads nothing quantized and has no weight. */
  void overrule(Node node, boolean isQuantized, String ruleId, String reason) {
    decisions.remove(node);
    decide(node, isQuantized, ruleId, reason);
  }

  /** Tells whether a rule decided on a node. */
  boolean isRuledBy(Node node, String ruleId) {
    return decision(node).filter(d -> d.why().ruleId().equals(ruleId)).isPresent();
  }

  Optional<NodeDecision> decision(Node node) {
    return Optional.ofNullable(decisions.get(node));
  }

  boolean isQuantized(Node node) {
    return decision(node).filter(NodeDecision::isQuantized).isPresent();
  }

  boolean isWeighted(Node node) {
    return weighted.containsKey(node);
  }

  /** Returns the axis of the scales of a weighted operator, empty for one scale. */
  OptionalInt weightAxis(Node node) {
    return Optional.ofNullable(weighted.get(node))
        .map(OperatorVerdict.Quantize::weightAxis)
        .orElseThrow();
  }

  /** Asks for a pair on what a read sees. */
  void request(Use use, String ruleId) {
    requests.computeIfAbsent(read(use), value -> new LinkedHashMap<>()).putIfAbsent(use, ruleId);
  }

  /** Takes a request back, because the pair is to stand further up. */
  void withdraw(Use use) {
    requests.computeIfPresent(
        read(use),
        (value, uses) -> {
          uses.remove(use);
          return uses.isEmpty() ? null : uses;
        });
  }

  boolean isRequested(Use use) {
    return requests.getOrDefault(read(use), Map.of()).containsKey(use);
  }

  boolean hasPair(Value value) {
    return requests.containsKey(value);
  }

  Map<Value, Map<Use, String>> requests() {
    return requests;
  }

  /** Tells whether a tensor may have a pair at all (I11). */
  boolean isQuantizable(Value tensor) {
    return quantizable.computeIfAbsent(
        tensor, value -> TensorEligibility.obstacle(value, shapes).isEmpty());
  }

  /** Tells whether all inputs of a node are computed and may have pairs; looked at once a node. */
  boolean hasQuantizableInputs(Node node) {
    return quantizableInputs.computeIfAbsent(
        node,
        joined ->
            joined.inputs().size() == joined.inputCount()
                && joined.inputs().stream()
                    .allMatch(input -> !input.isConstant() && isQuantizable(input)));
  }

  /** Makes the outputs of a node that moves or selects elements take the scale of its inputs. */
  void shareScale(Node node) {
    scaleSharers.add(node);
  }

  boolean sharesScale(Node node) {
    return scaleSharers.contains(node);
  }

  /** Tells whether a tensor is quantized, or comes out of a node that shares its scale. */
  boolean hasScale(Value value) {
    return hasPair(value) || value.producer().filter(this::sharesScale).isPresent();
  }

  /** Tells the reader of the plan something beyond the single decisions, in one line. */
  void note(String line) {
    notes.add(line);
  }

  List<String> notes() {
    return notes;
  }

  /** Gives a tensor the range its function has by definition, so that it is not observed. */
  void fixRange(Value tensor, ValueRange range) {
    fixedRanges.put(tensor, range);
  }

  /** Returns the range of a tensor that follows from its function. */
  Optional<ValueRange> fixedRange(Value tensor) {
    return Optional.ofNullable(fixedRanges.get(tensor));
  }

  private static Value read(Use use) {
    return use.node().requiredInput(use.inputIndex());
  }
}
