/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * P26 and P27: a MaxPool whose output is quantized.
 *
 * <ol>
 *   <li>P27: where its input has a pair already, the MaxPool reads that pair, and the pair on its
 *       output takes the same scale: the maximum commutes with rounding, so both sides hold the
 *       same codes and nothing is rescaled.
 *   <li>P26: else nothing stands before it; the pair after it is its readers', and Conv, Relu and
 *       MaxPool are one kernel.
 * </ol>
 */
final class MaxPoolRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Node node : draft.nodes()) {
      if (!OperatorClass.isPlainMaxPool(node) || draft.decision(node).isPresent()) {
        continue;
      }
      Value input = node.requiredInput(0);
      if (!draft.hasPair(node.output())) {
        draft.decide(node, false, "P27", "no pair on its output");
      } else if (draft.hasPair(input)) {
        draft.request(new Use(node, 0), "P27");
        draft.shareScale(node.output(), input);
        draft.decide(node, true, "P27", "same scale on both sides");
      } else {
        boolean isFused = new Neighbours(draft).isProducedInInt8(input);
        String reason = isFused ? "fused before the pair on its output" : "its input is float";
        draft.decide(node, isFused, "P26", reason);
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P26",
            "MaxPool whose input has no pair, behind an INT8 operator",
            "nothing before it; the pair behind it is its readers'",
            "Conv, Relu and MaxPool are one kernel",
            "profile of a ResNet-18 engine"),
        new RuleDescription(
            "P27",
            "MaxPool whose input and output have pairs",
            "it reads the pair of its input, and the pair on its output takes the same scale",
            "a maximum commutes with rounding, so with one scale no code changes",
            "TensorRT developer guide, explicit quantization"));
  }
}
