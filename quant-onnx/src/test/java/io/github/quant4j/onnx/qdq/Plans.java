/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;

/** Plans of test models, in short. */
final class Plans {
  private Plans() {}

  static QuantizationPlan of(ModelBuilder builder) {
    return planner().plan(builder.build());
  }

  /** Returns a planner of the default options. */
  static QdqPlanner planner() {
    return QdqPlanner.create();
  }

  /** Returns the pairs as "tensor -> readers, rule". */
  static List<String> pairs(QuantizationPlan plan) {
    return plan.activationPairs().stream()
        .map(pair -> "%s -> %s, %s".formatted(pair.tensor(), pair.edges(), pair.ruleId()))
        .toList();
  }

  /** Returns a decision as "INT8 rule" or "float rule". */
  static String decision(QuantizationPlan plan, String node) {
    NodeDecision decision = plan.decision(node).orElseThrow();
    return (decision.isQuantized() ? "INT8 " : "float ") + decision.why().ruleId();
  }

  /** Returns why an input of a model gets no pair. */
  static Optional<String> obstacle(ModelBuilder builder, String input) {
    Graph graph = builder.build().graph();
    return TensorEligibility.obstacle(graph.value(input).orElseThrow(), ShapeInference.of(graph));
  }
}
