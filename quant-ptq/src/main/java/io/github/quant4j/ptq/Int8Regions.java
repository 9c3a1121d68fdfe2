/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.WeightQuantization;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The regions of a quantized model, in which INT8 is passed on from operator to operator, sorted
 * into kinds: regions with the same operators and shapes of weights are of one kind, since they
 * gain or lose alike. Between two regions everything is float, so the time that INT8 saves or costs
 * in one does not depend on the others.
 *
 * <p>Cost: one walk over the graph.
 */
final class Int8Regions {
  /** Of more, those with the smallest weights are tried together as the last of these. */
  private static final int MOST_KINDS = 8;

  private final OnnxModel model;
  private final QuantizationPlan plan;

  /** Where operators with INT8 weights read them, by name. */
  private final Map<String, Integer> weighted = new HashMap<>();

  private final Set<Node> seen = new HashSet<>();

  private Int8Regions(QuantizedModel quantized) {
    this.model = quantized.model();
    this.plan = quantized.plan();
    plan.weights().stream()
        .map(WeightQuantization::edges)
        .flatMap(List::stream)
        .forEach(edge -> weighted.putIfAbsent(edge.node(), edge.inputIndex()));
  }

  /** Returns the kinds of regions, those with the most weights first. */
  static List<Kind> kinds(QuantizedModel quantized) {
    Int8Regions regions = new Int8Regions(quantized);
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (Node node : regions.model.graph().nodes()) {
      List<Node> operators = regions.weightedAround(node);
      if (!operators.isEmpty()) {
        Kind kind = regions.kind(operators);
        kinds.merge(kind.label(), kind, Kind::with);
      }
    }
    List<Kind> sorted =
        kinds.values().stream()
            .sorted(Comparator.comparingLong(Kind::weightCount).reversed())
            .toList();
    return limited(sorted);
  }

  private static List<Kind> limited(List<Kind> kinds) {
    if (kinds.size() <= MOST_KINDS) {
      return kinds;
    }
    List<Kind> small = kinds.subList(MOST_KINDS - 1, kinds.size());
    Kind together = small.stream().reduce(Kind::with).orElseThrow();
    List<Kind> limited = new ArrayList<>(kinds.subList(0, MOST_KINDS - 1));
    limited.add(together.labelled(small.size() + " kinds of operators with smaller weights"));
    return limited;
  }

  /** Returns the operators with INT8 weights of the region of a node, if it was not seen yet. */
  private List<Node> weightedAround(Node start) {
    List<Node> operators = new ArrayList<>();
    Deque<Node> next = new ArrayDeque<>();
    visit(start, next);
    while (!next.isEmpty()) {
      Node node = next.remove();
      if (weighted.containsKey(node.name())) {
        operators.add(node);
      }
      neighbours(node).forEach(neighbour -> visit(neighbour, next));
    }
    return operators;
  }

  private void visit(Node node, Deque<Node> next) {
    if (passesInt8On(node) && seen.add(node)) {
      next.add(node);
    }
  }

  private boolean passesInt8On(Node node) {
    return node.is("QuantizeLinear", "DequantizeLinear")
        || plan.decision(node.name()).filter(d -> d.isQuantized() || isCopy(d)).isPresent();
  }

  private static boolean isCopy(NodeDecision decision) {
    return decision.why().ruleId().equals("P29");
  }

  private static Stream<Node> neighbours(Node node) {
    return Stream.concat(
        node.inputs().stream().flatMap(input -> input.producer().stream()),
        node.outputs().stream().flatMap(output -> output.uses().stream()).map(Use::node));
  }

  private Kind kind(List<Node> operators) {
    Set<String> names = new TreeSet<>();
    Set<String> texts = new TreeSet<>();
    long weightCount = 0;
    for (Node node : operators) {
      Shape shape = weightShape(node);
      names.add(node.name());
      texts.add(node.opType() + " " + shape);
      weightCount += shape.elementCount();
    }
    String count = operators.size() == 1 ? "" : operators.size() + " operators in a row: ";
    return new Kind(count + String.join(", ", texts), names, weightCount);
  }

  private Shape weightShape(Node node) {
    Optional<Value> weight = node.input(weighted.getOrDefault(node.name(), 1));
    while (weight.isPresent() && !weight.get().isConstant()) {
      weight = weight.get().producer().flatMap(producer -> producer.input(0));
    }
    return weight.flatMap(Value::constantShape).orElseGet(Shape::of);
  }

  /**
   * Regions of one kind.
   *
   * @param label their operators in words
   * @param operators the names of all operators with INT8 weights in them
   * @param weightCount how many weights these have together
   */
  record Kind(String label, Set<String> operators, long weightCount) {
    Kind with(Kind other) {
      Set<String> all = new TreeSet<>(operators);
      all.addAll(other.operators);
      return new Kind(label, all, weightCount + other.weightCount);
    }

    Kind labelled(String text) {
      return new Kind(text, operators, weightCount);
    }
  }
}
