/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Edge;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.WeightQuantization;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
  /** More are tried together with the last of these, the one with the smallest weights. */
  private static final int MOST_KINDS = 8;

  private final OnnxModel model;
  private final QuantizationPlan plan;
  private final Set<String> weighted = new HashSet<>();
  private final Set<Node> seen = new HashSet<>();

  private Int8Regions(QuantizedModel quantized) {
    this.model = quantized.model();
    this.plan = quantized.plan();
    plan.weights().stream()
        .map(WeightQuantization::edges)
        .flatMap(List::stream)
        .map(Edge::node)
        .forEach(weighted::add);
  }

  /** Returns the kinds of regions, those with the most weights first. */
  static List<Kind> kinds(QuantizedModel quantized) {
    Int8Regions regions = new Int8Regions(quantized);
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (Node node : regions.model.graph().nodes()) {
      List<Node> operators = regions.weightedAround(node);
      if (!operators.isEmpty()) {
        String label = label(operators);
        kinds.merge(label, Kind.of(label, operators), Kind::with);
      }
    }
    List<Kind> sorted =
        kinds.values().stream()
            .sorted(Comparator.comparingLong(Kind::weightCount).reversed())
            .toList();
    return limited(sorted);
  }

  private static List<Kind> limited(List<Kind> kinds) {
    List<Kind> limited = new ArrayList<>();
    for (Kind kind : kinds) {
      if (limited.size() < MOST_KINDS) {
        limited.add(kind);
      } else {
        Kind last = limited.remove(MOST_KINDS - 1);
        limited.add(last.with(kind).labelled(last.label() + ", " + kind.label()));
      }
    }
    return limited;
  }

  /** Returns the operators with INT8 weights of the region of a node, if it was not seen yet. */
  private List<Node> weightedAround(Node start) {
    List<Node> operators = new ArrayList<>();
    Deque<Node> next = new ArrayDeque<>();
    visit(start, next);
    while (!next.isEmpty()) {
      Node node = next.remove();
      if (weighted.contains(node.name())) {
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

  private static String label(List<Node> operators) {
    TreeSet<String> texts = new TreeSet<>();
    operators.forEach(node -> texts.add(node.opType() + " " + shape(node)));
    return operators.size() == 1
        ? texts.first()
        : operators.size() + " operators in a row: " + String.join(", ", texts);
  }

  private static Shape shape(Node node) {
    Value weight = node.requiredInput(1);
    while (!weight.isConstant()) {
      Optional<Node> producer = weight.producer();
      if (producer.isEmpty()) {
        return Shape.of();
      }
      weight = producer.get().requiredInput(0);
    }
    return weight.constantShape().orElseGet(Shape::of);
  }

  /**
   * Regions of one kind.
   *
   * @param label their operators in words
   * @param operators the names of all operators with INT8 weights in them
   * @param weightCount how many weights these have together
   */
  record Kind(String label, Set<String> operators, long weightCount) {
    static Kind of(String label, List<Node> operators) {
      Set<String> names = new TreeSet<>();
      operators.forEach(node -> names.add(node.name()));
      return new Kind(
          label, names, operators.stream().mapToLong(node -> shape(node).elementCount()).sum());
    }

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
