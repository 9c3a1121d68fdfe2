/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import java.util.Collections;
import java.util.IdentityHashMap;
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
  private final List<ScaleLink> scaleLinks;
  private final List<String> notes;

  QuantizationPlan(
      List<NodeDecision> decisions,
      List<ActivationPair> activationPairs,
      List<WeightQuantization> weights,
      List<BiasQuantization> biases,
      List<ScaleLink> scaleLinks,
      List<String> notes) {
    this.decisions = List.copyOf(decisions);
    this.decisionsByNode =
        decisions.stream()
            .collect(Collectors.toMap(NodeDecision::node, d -> d, (first, second) -> first));
    this.activationPairs = List.copyOf(activationPairs);
    this.weights = List.copyOf(weights);
    this.biases = List.copyOf(biases);
    this.scaleLinks = List.copyOf(scaleLinks);
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
   * Returns what a reader of the plan should know beyond the single decisions, a line each: options
   * that select no node, tensors that are read both as INT8 and as float, so that whatever computes
   * them writes float (P46), and Concats whose inputs differ too much in range (P34, after {@link
   * #settled}).
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
    // Pairs of one scale hold one list of sources, which may be as long as they are many.
    IdentityHashMap<List<String>, Boolean> seen = new IdentityHashMap<>();
    for (ActivationPair pair : activationPairs) {
      if (pair.fixedRange().isEmpty() && seen.put(pair.rangeSources(), true) == null) {
        points.addAll(pair.rangeSources());
      }
    }
    return Collections.unmodifiableSortedSet(points);
  }

  /**
   * Returns the plan as JSON, the same text for the same plan: an object of
   *
   * <ul>
   *   <li>{@code nodes} and {@code int8Nodes}, counts;
   *   <li>{@code decisions}, objects of {@code node}, {@code operator}, {@code int8}, {@code rule}
   *       (empty where no rule spoke) and {@code reason};
   *   <li>{@code activationPairs}, objects of {@code tensor}, {@code rangeSources}, {@code rule}
   *       and {@code readers}, which are objects of {@code node} and {@code input};
   *   <li>{@code weights}, objects of {@code tensor}, {@code axis} (left out for one scale) and
   *       {@code readers};
   *   <li>{@code biases}, objects of {@code node}, {@code input}, {@code inputTensor} and {@code
   *       weightTensor};
   *   <li>{@code observationPoints} and {@code notes}, strings.
   * </ul>
   *
   * <p>All in the order of the graph, observation points sorted; a record per line.
   *
   * @return the JSON text
   */
  public String toJson() {
    return PlanJson.of(this);
  }

  /**
   * Returns how much of the model's arithmetic the plan moves to INT8.
   *
   * @param counts the multiply-adds of the model the plan was made for
   * @return the share, empty when some count is not known
   */
  public Optional<Int8Share> int8Share(MultiplyAccumulates counts) {
    return Int8Share.of(this, counts);
  }

  /**
   * Returns the plan as it is carried out with the ranges seen: where the inputs of a Concat, or
   * what shares a scale with them, differ in range by more than 8 times, they get no common scale
   * (P34). The pairs that stood on its inputs for its sake are gone, a pair on its output takes the
   * union of its inputs' ranges, a note says so and a warning is logged.
   *
   * <p>The plan returned needs no more ranges than this one and belongs to the table.
   *
   * @param table ranges of all observation points
   * @return the plan, this one where nothing differs
   * @throws OnnxException if the table lacks the range of a tensor that shares its scale
   */
  public QuantizationPlan settled(CalibrationTable table) {
    return PlanSettlement.of(this, new ObservedRanges(table));
  }

  List<ScaleLink> scaleLinks() {
    return scaleLinks;
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
