/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is to be quantized in a model, where the pairs stand, which tensors must be observed first,
 * and, for every node, why.
 *
 * <p>A plan refers to nodes and tensors by name and belongs to the model it was made for. Immutable
 * and thread-safe.
 */
public final class QuantizationPlan {
  private final List<NodeDecision> decisions;
  private final Map<String, NodeDecision> decisionsByNode;
  private final List<ActivationPair> activationPairs;
  private final List<WeightQuantization> weights;
  private final List<BiasQuantization> biases;
  private final List<String> notes;

  QuantizationPlan(
      List<NodeDecision> decisions,
      List<ActivationPair> activationPairs,
      List<WeightQuantization> weights,
      List<BiasQuantization> biases,
      List<String> notes) {
    this.decisions = List.copyOf(decisions);
    this.decisionsByNode =
        decisions.stream()
            .collect(Collectors.toMap(NodeDecision::node, d -> d, (first, second) -> first));
    this.activationPairs = List.copyOf(activationPairs);
    this.weights = List.copyOf(weights);
    this.biases = List.copyOf(biases);
    this.notes = List.copyOf(notes);
  }

  /**
   * Returns the decision on every node, in the order of the graph.
   *
   * @return the decisions
   */
  public List<NodeDecision> decisions() {
    return decisions;
  }

  /**
   * Returns the decision on one node.
   *
   * @param node the node's name
   * @return the decision, empty when the model has no such node
   */
  public Optional<NodeDecision> decision(String node) {
    return Optional.ofNullable(decisionsByNode.get(node));
  }

  /**
   * Returns the number of nodes to run in INT8.
   *
   * @return the count
   */
  public int quantizedNodeCount() {
    return (int) decisions.stream().filter(NodeDecision::isQuantized).count();
  }

  /**
   * Returns the pairs on activations, in the order of the graph.
   *
   * @return the pairs
   */
  public List<ActivationPair> activationPairs() {
    return activationPairs;
  }

  /**
   * Returns the constants to be stored as int8.
   *
   * @return the weights, in the order of the graph
   */
  public List<WeightQuantization> weights() {
    return weights;
  }

  /**
   * Returns the biases to be rounded.
   *
   * @return the biases, in the order of the graph
   */
  public List<BiasQuantization> biases() {
    return biases;
  }

  /**
   * Returns what a reader of the plan should know beyond the single decisions, a line each: tensors
   * that are read both as INT8 and as float, so that whatever computes them writes float (P46).
   *
   * @return the notes
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the tensors whose ranges the plan needs.
   *
   * @return the names, sorted
   */
  public SortedSet<String> observationPoints() {
    SortedSet<String> points = new TreeSet<>();
    activationPairs.stream()
        .filter(pair -> pair.fixedRange().isEmpty())
        .forEach(pair -> points.add(pair.rangeSource()));
    return Collections.unmodifiableSortedSet(points);
  }

  /**
   * Returns the plan as text: a line a node, then the notes.
   *
   * @return the text
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(quantizedNodeCount())
        .append(" of ")
        .append(decisions.size())
        .append(" nodes INT8\n");
    decisions.forEach(decision -> text.append(decision).append('\n'));
    notes.forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }
}
