/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;

/**
 * P32: a linear Resize gets a pair on its input where INT8 lies before and after it; the pair on
 * its output is its reader's. Else it gets none, nor does a cubic or antialiasing one: weighing
 * neighbours does not commute with rounding, so INT8 pays only on both sides.
 */
final class LinearResizeRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    for (Node node : draft.nodes()) {
      if (!OperatorClass.isResize(node)
          || OperatorClass.isNearestResize(node)
          || draft.decision(node).isPresent()) {
        continue;
      }
      if (!OperatorClass.isLinearResize(node)) {
        draft.decide(node, false, "P32", "neither nearest nor plain linear");
      } else if (neighbours.isBetweenInt8(node) && draft.isQuantizable(node.requiredInput(0))) {
        draft.request(new Use(node, 0), "P32");
        draft.decide(node, true, "P32", "INT8 before and after");
      } else {
        draft.decide(node, false, "P32", "not INT8 both before and after");
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P32",
            "linear Resize or Upsample between INT8 operators",
            "a pair on its input; the pair on its output is its reader's",
            "interpolation does not commute with rounding; between float operators two pairs would"
                + " cost more than they save",
            "NVIDIA TensorRT documentation on layers that do not commute with Q/DQ"));
  }
}
