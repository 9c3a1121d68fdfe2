/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;

/**
 * P28: an average over space gets a pair on its input where its producer is INT8 and a reader of
 * its output, looking through copies, is INT8; the pair on its output is that reader's. Else it
 * gets none: averaging does not commute with rounding, so INT8 pays only on both sides.
 */
final class AveragePoolRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    for (Node node : draft.nodes()) {
      if (!OperatorClass.isAverage(node) || draft.decision(node).isPresent()) {
        continue;
      }
      if (neighbours.isProducedInInt8(node.requiredInput(0))
          && neighbours.hasQuantizedReader(node.output())) {
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
            "AveragePool or GlobalAveragePool",
            "a pair on its input where that comes out of an INT8 operator and an INT8 reader "
                + "follows; else nothing",
            "an average does not commute with rounding, so it runs in INT8 only between two "
                + "pairs",
            "TensorRT developer guide, explicit quantization"));
  }
}
