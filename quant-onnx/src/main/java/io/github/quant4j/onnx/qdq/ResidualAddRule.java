/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * P37 to P42: the Add that joins a branch and its skip.
 *
 * <p>TensorRT computes the Add, and a Relu after it, in the epilogue of the Conv that feeds it,
 * when nothing stands between and the other operand is INT8. An Add inside a pattern, such as that
 * of a GELU, is no join. A branch can be fused when walking back from the Add over single-reader
 * BatchNormalization, Identity, and Mul or Add with a constant leads to an INT8 Conv or Gemm; an
 * activation on the way ends the walk.
 *
 * <ol>
 *   <li>P39: one branch can be fused. Its edge stays bare, the skip edge gets a pair; where the
 *       skip tensor has a pair already, it is that one (else P41 makes one).
 *   <li>P40: both can. The one with the longer way to their common ancestor is fused (on a tie
 *       input 1), the other edge gets a pair.
 *   <li>P42: none can. Both edges get pairs if both operands are produced in INT8 and all readers
 *       of the sum are INT8; else none.
 *   <li>P37: an operand is constant. No pair: the Add is part of the epilogue.
 *   <li>P38: one operand is broadcast, or it cannot be told. No pair: the fusion does not take it.
 * </ol>
 *
 * <p>Source: NVIDIA TensorRT developer guide on Q/DQ placement; Model Optimizer's residual rule.
 */
final class ResidualAddRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Node node : draft.nodes()) {
      if (node.is("Add")
          && draft.decision(node).isEmpty()
          && draft.patterns().covering(node).isEmpty()) {
        place(draft, node);
      }
    }
  }

  private static void place(PlanDraft draft, Node add) {
    Value left = add.requiredInput(0);
    Value right = add.requiredInput(1);
    if (left.isConstant() || right.isConstant()) {
      draft.decide(add, false, "P37", "one operand is constant; part of the epilogue before it");
      return;
    }
    if (!draft.shapes().haveSameShape(left, right)) {
      draft.decide(add, false, "P38", "one operand is broadcast, or the shapes are not known");
      return;
    }
    boolean canFuseLeft = fusibleProducer(draft, left).isPresent();
    boolean canFuseRight = fusibleProducer(draft, right).isPresent();
    if (canFuseLeft && canFuseRight) {
      int fused = CommonAncestor.fartherOf(left, right);
      requestSkip(
          draft, add, 1 - fused, "P40", "two fusible branches; input " + fused + " is fused");
    } else if (canFuseLeft || canFuseRight) {
      int skip = canFuseLeft ? 1 : 0;
      boolean hasPair = draft.hasPair(skip == 0 ? left : right);
      String reason = "fused into the convolution of input " + (1 - skip);
      requestSkip(draft, add, skip, hasPair ? "P39" : "P41", reason);
    } else {
      placeUnfused(draft, add, left, right);
    }
  }

  private static void requestSkip(
      PlanDraft draft, Node add, int skip, String ruleId, String reason) {
    draft.request(new Use(add, skip), ruleId);
    draft.decide(add, true, ruleId, reason);
  }

  private static void placeUnfused(PlanDraft draft, Node add, Value left, Value right) {
    Neighbours neighbours = new Neighbours(draft);
    if (neighbours.isProducedInInt8(left)
        && neighbours.isProducedInInt8(right)
        && neighbours.hasOnlyQuantizedReaders(add.output())) {
      draft.request(new Use(add, 0), "P42");
      draft.request(new Use(add, 1), "P42");
      draft.decide(add, true, "P42", "INT8 on all sides");
    } else {
      draft.decide(add, false, "P42", "no branch to fuse with, and not INT8 on all sides");
    }
  }

  private static Optional<Node> fusibleProducer(PlanDraft draft, Value operand) {
    Value value = operand;
    while (value.hasSingleReader() && value.producer().isPresent()) {
      Node producer = value.producer().get();
      if (draft.isWeighted(producer)) {
        return Optional.of(producer);
      }
      Optional<Value> before = epilogueInput(producer);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      value = before.get();
    }
    return Optional.empty();
  }

  private static Optional<Value> epilogueInput(Node node) {
    if (node.is("BatchNormalization", "Identity")) {
      return node.input(0);
    }
    if (node.is("Add", "Mul") && node.inputs().size() == 2) {
      Value left = node.inputs().get(0);
      Value right = node.inputs().get(1);
      if (left.isConstant() != right.isConstant()) {
        return Optional.of(left.isConstant() ? right : left);
      }
    }
    return Optional.empty();
  }
}
