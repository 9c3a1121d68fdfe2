/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.CommonAncestor;
import java.util.List;
import java.util.Optional;

/**
 * P37 and P39 to P41: the Add that joins a branch and its skip.
 *
 * <p>TensorRT computes the Add, and a Relu after it, in the epilogue of the Conv that feeds it,
 * when nothing stands between and the other operand is INT8. An Add inside a pattern, such as that
 * of a GELU, is no join. A branch can be fused when walking back from the Add over single-reader
 * BatchNormalization, Identity, and Mul or Add with a constant leads to an INT8 Conv or Gemm; an
 * activation on the way ends the walk. Operands of different shapes, and shapes that are not known,
 * cannot be fused.
 *
 * <ol>
 *   <li>P39: one branch can be fused. Its edge stays bare, the skip edge gets a pair; where the
 *       skip tensor has a pair already, it is that one (else P41 makes one).
 *   <li>P40: both can. The one with the longer way to their common ancestor is fused (on a tie
 *       input 1), the other edge gets a pair.
 *   <li>P37: an operand is constant. No pair: the Add is part of the epilogue.
 * </ol>
 *
 * <p>Any other Add is left to {@link PointwiseAddRule}. A Sum of two operands is an Add.
 *
 * <p>Source: NVIDIA TensorRT developer guide on Q/DQ placement; Model Optimizer's residual rule.
 */
final class ResidualAddRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Node node : draft.nodes()) {
      if (isAdd(node)
          && draft.decision(node).isEmpty()
          && draft.patterns().covering(node).isEmpty()) {
        place(draft, node);
      }
    }
  }

  static boolean isAdd(Node node) {
    return node.is("Add") || (node.is("Sum") && node.inputCount() == 2);
  }

  private static void place(PlanDraft draft, Node add) {
    Value left = add.requiredInput(0);
    Value right = add.requiredInput(1);
    if (left.isConstant() || right.isConstant()) {
      draft.decide(add, false, "P37", "one operand is constant; part of the epilogue before it");
    } else if (draft.shapes().haveSameShape(left, right)
        && draft.isQuantizable(left)
        && draft.isQuantizable(right)) {
      fuse(draft, add, left, right);
    }
  }

  private static void fuse(PlanDraft draft, Node add, Value left, Value right) {
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
    }
  }

  private static void requestSkip(
      PlanDraft draft, Node add, int skip, String ruleId, String reason) {
    draft.request(new Use(add, skip), ruleId);
    draft.decide(add, true, ruleId, reason);
  }

  private static Optional<Node> fusibleProducer(PlanDraft draft, Value operand) {
    Value value = operand;
    while (value.hasSingleReader() && value.producer().isPresent()) {
      Node producer = value.producer().get();
      // A MatMul has no epilogue for a tensor of its own size, and what it feeds in a transformer
      // is normalized in float.
      if (draft.isWeighted(producer) && !producer.is("MatMul")) {
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

  @Override
  public List<RuleDescription> descriptions() {
    String source = "NVIDIA TensorRT documentation on Q/DQ placement; Model Optimizer's residuals";
    return List.of(
        new RuleDescription(
            "P37",
            "Add with a constant operand",
            "nothing",
            "it is part of the epilogue of the operator before it",
            source),
        new RuleDescription(
            "P39",
            "Conv, Add with a skip that has a pair already",
            "the skip edge reads that pair; the edge from the Conv stays bare",
            "Conv, Add and Relu become one kernel with INT8 in, skip and out",
            source + "; TensorRT issue 1992"),
        new RuleDescription(
            "P40",
            "Add of two branches that both end in a Conv",
            "a pair on the shorter branch; the longer one is fused with the Add",
            "only one of the two can take the Add into its epilogue",
            source),
        new RuleDescription(
            "P41",
            "Conv, Add with a skip that has no pair",
            "a pair on the skip edge",
            "without it the fused kernel writes float, and the next one must quantize",
            source));
  }
}
