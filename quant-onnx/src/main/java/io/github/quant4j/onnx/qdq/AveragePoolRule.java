/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;

/**
 * P28: an average over space (AveragePool, GlobalAveragePool, or ReduceMean over height and width)
 * gets a pair on its input where its producer is INT8 and a reader of its output, looking through
 * operators that commute with quantization, is INT8; the pair on its output is that reader's. Else
 * it gets none: averaging does not commute with rounding, so INT8 pays only on both sides.
 */
final class AveragePoolRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    for (Node node : draft.nodes()) {
      if (!OperatorClass.isAverage(node, draft.shapes()) || draft.decision(node).isPresent()) {
        continue;
      }
      if (neighbours.isBetweenInt8(node) && draft.isQuantizable(node.requiredInput(0))) {
        draft.request(new Use(node, 0), "P28");
        draft.decide(node, true, "P28", "INT8 before and after");
      } else {
        draft.decide(node, false, "P28", "not INT8 both before and after");
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P28",
            "AveragePool, GlobalAveragePool, or ReduceMean over height and width, between INT8"
                + " operators",
            "a pair on its input; the pair on its output is its reader's",
            "averaging does not commute with rounding; the INT8 kernel needs both sides",
            "NVIDIA TensorRT documentation on layers that do not commute with Q/DQ"));
  }
}
