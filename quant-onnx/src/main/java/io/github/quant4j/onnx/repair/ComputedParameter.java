/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An input that should be constant and is computed by nodes: a scale, a zero point, constant codes,
 * a weight or a bias.
 *
 * @param use the input
 * @param value what it reads now, before constants are resolved
 * @param origin the nodes that compute it, the last first, without those that another parameter
 *     found before depends on too
 */
record ComputedParameter(Use use, Value value, List<Node> origin) {
  private static final int ZERO_POINT = 2;

  /** Returns all of a graph in the order of its nodes, in time of the number of nodes. */
  static List<ComputedParameter> of(Graph graph) {
    List<ComputedParameter> found = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    for (Node node : graph.nodes()) {
      for (int index = firstParameter(node); index < node.inputCount(); index++) {
        Optional<Value> value = node.input(index);
        if (value.flatMap(Value::producer).isPresent()) {
          found.add(
              new ComputedParameter(new Use(node, index), value.get(), origin(value.get(), seen)));
        }
      }
    }
    return List.copyOf(found);
  }

  private static int firstParameter(Node node) {
    if (node.is("QuantizeLinear", "DequantizeLinear")) {
      return 0;
    }
    return Int8Operators.isWeighted(node) || IntegerOperators.contains(node)
        ? 1
        : node.inputCount();
  }

  private static List<Node> origin(Value value, Set<Node> seen) {
    List<Node> origin = new ArrayList<>();
    Deque<Value> pending = new ArrayDeque<>(List.of(value));
    while (!pending.isEmpty()) {
      Optional<Node> producer = pending.remove().producer();
      if (producer.isPresent() && seen.add(producer.get())) {
        origin.add(producer.get());
        pending.addAll(producer.get().inputs());
      }
    }
    return List.copyOf(origin);
  }

  /** Tells whether the input reads a constant by now. */
  boolean isResolved() {
    return use.node().requiredInput(use.inputIndex()).isConstant();
  }

  /** Notes a parameter that is resolved. */
  void report(RepairContext context) {
    Value constant = use.node().requiredInput(use.inputIndex());
    String operators =
        origin.stream().map(Node::opType).distinct().collect(Collectors.joining(", "));
    context.repaired(
        Defect.HIDDEN_CONSTANT,
        Site.of(use.node(), value),
        operators.isEmpty()
            ? "the %s is computed by nodes that serve others too".formatted(role())
            : "the %s is computed by %s".formatted(role(), operators),
        "nodes -> initializer, %s %s"
            .formatted(
                constant.constantElementType().map(Object::toString).orElse("other"),
                constant.constantShape().orElseThrow()));
  }

  private String role() {
    boolean isQuantizer = use.node().is("QuantizeLinear", "DequantizeLinear");
    if (!isQuantizer && IntegerOperators.contains(use.node())) {
      return "input " + use.inputIndex();
    }
    return switch (use.inputIndex()) {
      case 0 -> use.node().is("QuantizeLinear") ? "quantized constant" : "constant of codes";
      case 1 -> isQuantizer ? "scale" : "weight";
      default -> isQuantizer && use.inputIndex() == ZERO_POINT ? "zero point" : "bias";
    };
  }
}
