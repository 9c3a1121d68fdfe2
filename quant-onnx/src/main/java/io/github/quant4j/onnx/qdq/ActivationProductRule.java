/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * P14: a MatMul of two activations outside an attention gets pairs on both inputs, or on neither.
 *
 * <p>Both it gets where each operand comes out of an INT8 operator, so that the pair costs no step
 * of its own, and its rows, columns and inner dimension are known and at least 16 (P13). Whatever
 * leads to a Softmax stays float: an attention that was not recognised would lose its kernel, and
 * differences of scores count exponentially.
 */
final class ActivationProductRule implements PlacementRule {
  private static final int SMALLEST = 16;

  /** How many operators may lie between a product and a Softmax that uses it as scores. */
  private static final int SCORE_DISTANCE = 8;

  @Override
  public void apply(PlanDraft draft) {
    Int8Producers producers = new Int8Producers(draft);
    for (Node node : draft.nodes()) {
      if (node.is("MatMul")
          && draft.isRuledBy(node, "P14")
          && node.inputs().stream().noneMatch(Value::isConstant)) {
        decide(draft, producers, node);
      }
      producers.visit(node);
    }
  }

  private static void decide(PlanDraft draft, Int8Producers producers, Node product) {
    Optional<String> obstacle = obstacle(draft, producers, product);
    if (obstacle.isPresent()) {
      draft.overrule(product, false, "P14", "it multiplies two activations, " + obstacle.get());
    } else {
      draft.overrule(product, true, "P14", "product of two activations that are INT8 already");
      draft.request(new Use(product, 0), "P14");
      draft.request(new Use(product, 1), "P14");
    }
  }

  private static Optional<String> obstacle(
      PlanDraft draft, Int8Producers producers, Node product) {
    Value left = product.requiredInput(0);
    Value right = product.requiredInput(1);
    if (!isLarge(draft, left) || !isLarge(draft, right)) {
      return Optional.of("whose sizes are not known to be at least 16");
    }
    if (!producers.wrote(left) || !producers.wrote(right)) {
      return Optional.of("not both of which come out of an INT8 operator");
    }
    return leadsToSoftmax(product) ? Optional.of("and a Softmax follows") : Optional.empty();
  }

  /** Tells whether the last two dimensions are known and large enough to pay. */
  private static boolean isLarge(PlanDraft draft, Value matrix) {
    Optional<List<Dimension>> dimensions = draft.shapes().dimensions(matrix);
    if (dimensions.isEmpty() || dimensions.get().size() < 2) {
      return false;
    }
    int rank = dimensions.get().size();
    return dimensions.get().subList(rank - 2, rank).stream()
        .allMatch(size -> size instanceof Dimension.Fixed fixed && fixed.size() >= SMALLEST);
  }

  private static boolean leadsToSoftmax(Node product) {
    Deque<Value> open = new ArrayDeque<>(List.of(product.output()));
    for (int step = 0; step < SCORE_DISTANCE && !open.isEmpty(); step++) {
      for (Use use : open.pop().uses()) {
        if (use.node().is("Softmax", "LogSoftmax")) {
          return true;
        }
        if (use.node().is("Add", "Cast", "Clip", "Div", "Mul", "Reshape", "Sub", "Where")) {
          open.add(use.node().output());
        }
      }
    }
    return false;
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P14",
            "MatMul of two activations outside an attention",
            "pairs on both inputs where both come out of INT8 operators, all sizes are known and at"
                + " least 16, and no Softmax follows; else none",
            "one pair leaves a float product plus a step that quantizes; two pairs pay only where"
                + " the operands are written as INT8 anyway",
            "TensorRT developer guide, explicit quantization; gates of P13"));
  }
}
