/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers the nodes of a planned graph into the kernels they are expected to become. */
final class FusionForecast {
  private final PlannedPrecision precision;
  private final ShapeInference shapes;
  private final Map<Node, List<Node>> groups = new HashMap<>();

  private FusionForecast(Graph graph, QuantizationPlan plan) {
    this.precision = new PlannedPrecision(graph, plan);
    this.shapes = ShapeInference.of(graph);
  }

  /** Returns the groups, ordered by where their last nodes stand. */
  static List<List<Node>> of(Graph graph, QuantizationPlan plan, Set<Node> leftOut) {
    List<Node> nodes = graph.nodes();
    FusionForecast forecast = new FusionForecast(graph, plan);
    // Of two operators that could take up one Add, it is the later one that does.
    List<Node> backwards = new ArrayList<>(nodes);
    Collections.reverse(backwards);
    backwards.stream()
        .filter(node -> EngineOperators.isWeighted(node) && !leftOut.contains(node))
        .forEach(forecast::gatherEpilogue);
    nodes.stream()
        .filter(node -> !forecast.groups.containsKey(node) && !leftOut.contains(node))
        .forEach(forecast::gatherPointwise);
    return forecast.ordered(nodes);
  }

  private List<List<Node>> ordered(List<Node> nodes) {
    Map<Node, Integer> positions = new HashMap<>();
    nodes.forEach(node -> positions.put(node, positions.size()));
    Comparator<Node> byPosition =
        Comparator.comparingInt(node -> positions.getOrDefault(node, nodes.size()));
    List<List<Node>> ordered = new ArrayList<>();
    for (Node node : nodes) {
      List<Node> group = groups.getOrDefault(node, List.of());
      if (!group.isEmpty() && Collections.max(group, byPosition) == node) {
        ordered.add(group.stream().sorted(byPosition).toList());
      }
    }
    return ordered;
  }

  private void gatherEpilogue(Node anchor) {
    List<Node> group = new ArrayList<>();
    paddingBefore(anchor).ifPresent(group::add);
    group.add(anchor);
    Anchor traits = new Anchor(readsInt8(group.get(0)), !anchor.is("MatMul"));
    Stage stage = Stage.WEIGHTS;
    Optional<Node> next = onlyReader(anchor);
    while (next.isPresent()) {
      Optional<Stage> reached = advance(stage, next.get(), traits);
      if (reached.isEmpty()) {
        break;
      }
      stage = reached.get();
      group.add(next.get());
      next = onlyReader(next.get());
    }
    group.forEach(node -> groups.put(node, group));
  }

  /** How far the work behind the weights has come; each step is taken in this order. */
  private enum Stage {
    WEIGHTS,
    SUM,
    ACTIVATION,
    POOL
  }

  /** What the operator at the head of a kernel allows behind it. */
  private record Anchor(boolean readsInt8, boolean takesSum) {}

  private Optional<Stage> advance(Stage stage, Node node, Anchor anchor) {
    if (stage == Stage.WEIGHTS && EngineOperators.isConstantScale(node)) {
      return Optional.of(Stage.WEIGHTS);
    }
    if (stage == Stage.WEIGHTS && anchor.takesSum() && isResidual(node)) {
      return Optional.of(Stage.SUM);
    }
    if (stage.compareTo(Stage.ACTIVATION) < 0 && EngineOperators.isActivation(node)) {
      return Optional.of(Stage.ACTIVATION);
    }
    boolean isPooled =
        stage == Stage.ACTIVATION
            && anchor.readsInt8()
            && OperatorClass.isPlainMaxPool(node)
            && precision.hasOnlyInt8Readers(node.output());
    return isPooled ? Optional.of(Stage.POOL) : Optional.empty();
  }

  private boolean isResidual(Node node) {
    return node.is("Add") && shapes.haveSameShape(node.requiredInput(0), node.requiredInput(1));
  }

  private Optional<Node> paddingBefore(Node anchor) {
    return anchor
        .input(0)
        .filter(input -> input.hasSingleReader() && !precision.isPaired(new Use(anchor, 0)))
        .flatMap(Value::producer)
        .filter(node -> OperatorClass.isZeroPad(node) && anchor.is("Conv", "ConvTranspose"));
  }

  private boolean readsInt8(Node node) {
    boolean isMoved = node.input(0).filter(precision::hasOnlyInt8Readers).isPresent();
    return isMoved || precision.isPaired(new Use(node, 0));
  }

  /** Returns the only reader of a node's only output, empty if it sees a pair or is taken. */
  private Optional<Node> onlyReader(Node node) {
    return node.output(0)
        .filter(output -> node.outputs().size() == 1 && output.hasSingleReader())
        .map(output -> output.uses().get(0))
        .filter(use -> !precision.isPaired(use))
        .map(Use::node)
        .filter(reader -> !groups.containsKey(reader));
  }

  /** Puts a node into one group with the functions of single elements before it. */
  private void gatherPointwise(Node node) {
    List<List<Node>> before =
        node.inputs().stream()
            .flatMap(input -> input.producer().stream())
            .filter(producer -> isChained(producer, node))
            .map(producer -> groups.getOrDefault(producer, List.of()))
            .toList();
    List<Node> group = new ArrayList<>(List.of(node));
    for (List<Node> chain : before) {
      group = merged(chain, group);
    }
    groups.put(node, group);
  }

  private boolean isChained(Node producer, Node node) {
    return EngineOperators.isPointwise(node)
        && onlyReader(producer).filter(reader -> reader == node).isPresent()
        && groups.getOrDefault(producer, List.of()).stream()
            .limit(1)
            .allMatch(EngineOperators::isPointwise)
        && groups.containsKey(producer);
  }

  private List<Node> merged(List<Node> first, List<Node> second) {
    boolean isFirstSmaller = first.size() < second.size();
    List<Node> larger = isFirstSmaller ? second : first;
    List<Node> smaller = isFirstSmaller ? first : second;
    larger.addAll(smaller);
    smaller.forEach(node -> groups.put(node, larger));
    return larger;
  }
}
