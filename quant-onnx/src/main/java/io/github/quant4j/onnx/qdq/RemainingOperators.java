/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;

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
}
