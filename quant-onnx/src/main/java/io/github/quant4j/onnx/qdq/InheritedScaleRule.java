/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;

/**
 * P26, P27 and P31: a MaxPool or nearest Resize before an INT8 reader, looking through operators
 * that commute with quantization.
 *
 * <ol>
 *   <li>P27 for MaxPool, P31 for Resize: where its input is quantized already, it reads that pair,
 *       and its output takes the same scale. Choosing or repeating elements commutes with rounding,
 *       so both sides hold the same codes and nothing is rescaled. Chains inherit throughout.
 *   <li>P26 for MaxPool, P31 for Resize: else nothing stands before it; the pair after it is its
 *       readers', and what is INT8 before it is one kernel with it.
 * </ol>
 */
final class InheritedScaleRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    for (Node node : draft.nodes()) {
      boolean isPool = OperatorClass.isPlainMaxPool(node);
      if ((isPool || OperatorClass.isNearestResize(node)) && draft.decision(node).isEmpty()) {
        place(draft, neighbours, node, isPool);
      }
    }
  }

  private static void place(PlanDraft draft, Neighbours neighbours, Node node, boolean isPool) {
    Value input = node.requiredInput(0);
    String ruleId = isPool ? "P27" : "P31";
    if (!neighbours.hasQuantizedReader(node.output())) {
      draft.decide(node, false, ruleId, "no INT8 reader");
    } else if (draft.hasScale(input)) {
      draft.request(new Use(node, 0), ruleId);
      draft.shareScale(node);
      draft.decide(node, true, ruleId, "same scale on both sides");
    } else {
      boolean isFused = neighbours.isProducedInInt8(input);
      String reason = isFused ? "fused before the pair on its output" : "its input is float";
      draft.decide(node, isFused, isPool ? "P26" : "P31", reason);
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P26",
            "Conv, Relu, MaxPool",
            "nothing before the MaxPool; the pair stands behind it",
            "the three run as one kernel",
            "profile of a TensorRT engine of ResNet-18"),
        new RuleDescription(
            "P27",
            "MaxPool of a tensor that has a pair, before an INT8 reader",
            "the MaxPool reads that pair; the pair on its output has the same scale",
            "the maximum commutes with rounding when scales are equal, else codes are rescaled",
            "ONNX operators MaxPool and QuantizeLinear; NVIDIA TensorRT documentation"),
        new RuleDescription(
            "P31",
            "nearest Resize or Upsample before an INT8 reader",
            "nothing of its own; where its input has a pair it reads it, and its output has the"
                + " same scale",
            "repeating elements commutes with rounding",
            "TensorRT issue 2976"));
  }
}
