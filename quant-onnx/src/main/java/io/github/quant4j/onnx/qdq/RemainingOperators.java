/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;

/** Gives every node that no rule decided on its reason for staying float. */
final class RemainingOperators implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (Node node : draft.nodes()) {
      if (draft.decision(node).isEmpty()) {
        explain(draft, node);
      }
    }
  }

  private static void explain(PlanDraft draft, Node node) {
    if (node.is("Relu", "Clip")) {
      boolean isFused = follows(draft, node);
      String reason = isFused ? "fused into the operator before it" : "not behind an INT8 operator";
      draft.decide(node, isFused, "P22", reason);
    } else if (node.is("Sum")) {
      draft.decide(node, false, "P42", "a Sum of " + node.inputCount() + " operands is no Add");
    } else if (node.is("If", "Loop", "Scan")) {
      draft.decide(node, false, "P49", "bodies of control flow stay as they are");
    } else if (node.is("BatchNormalization")) {
      draft.decide(node, false, "P20", "not behind a convolution it could be folded into");
    } else {
      draft.decide(node, false, "", "no rule quantizes " + node.opType());
    }
  }

  private static boolean follows(PlanDraft draft, Node activation) {
    return activation
        .input(0)
        .filter(input -> input.hasSingleReader())
        .flatMap(input -> input.producer())
        .filter(draft::isQuantized)
        .isPresent();
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P20",
            "BatchNormalization that could not be folded",
            "nothing",
            "it is computed in float; behind a convolution it is folded before planning",
            "TensorRT issue 3412"),
        new RuleDescription(
            "P22",
            "Relu or Clip behind an INT8 operator",
            "nothing between the two; the pair stands behind the activation",
            "both are one kernel, which writes INT8",
            "NVIDIA TensorRT documentation on Q/DQ placement"),
        new RuleDescription(
            "P49",
            "If, Loop and Scan",
            "nothing inside their bodies; tensors they read are quantized outside only",
            "names of a body are its own, and a body may run any number of times",
            "ONNX intermediate representation, names within graphs"));
  }
}
