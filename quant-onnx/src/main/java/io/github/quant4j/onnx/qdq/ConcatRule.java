/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import java.util.List;

/**
 * P33: a Concat with an INT8 reader, looking through operators that commute with quantization, gets
 * a pair on every input, all with one scale, which its output has too. Concats of Concats, and
 * MaxPools between, are one group.
 *
 * <p>Equal scales make the Concat a matter of where its inputs are written: no kernel. The cost is
 * a kernel for the Q of every input whose producer stays float, and resolution: an input whose
 * range is k times narrower than the widest loses log2(k) bits of its eight. So beyond 8 times the
 * group is given up when the ranges are known (P34, see {@link QuantizationPlan#settled}).
 *
 * <p>A Concat with a constant among its inputs stays float: constants have no pair.
 */
final class ConcatRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    Neighbours neighbours = new Neighbours(draft);
    for (Node node : draft.nodes()) {
      if (!node.is("Concat") || draft.decision(node).isPresent()) {
        continue;
      }
      if (!Neighbours.canJoin(draft, node)) {
        draft.decide(node, false, "P33", "an input is constant, small or not float");
      } else if (neighbours.hasQuantizedReader(node.output())) {
        for (int i = 0; i < node.inputCount(); i++) {
          draft.request(new Use(node, i), "P33");
        }
        draft.shareScale(node);
        draft.decide(node, true, "P33", "one scale for all inputs and the output");
      } else {
        draft.decide(node, false, "P33", "no INT8 reader");
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P33",
            "Concat with an INT8 reader",
            "a pair on every input, one scale for all of them and the output: that of the widest",
            "with equal scales the inputs are written where the output is to stand, without a"
                + " kernel; a narrower input loses log2 of the ratio in bits",
            "NVIDIA Model Optimizer, concat elimination; NVIDIA YOLOv7 Q/DQ rules"),
        new RuleDescription(
            "P34",
            "Concat whose inputs differ in range by more than 8 times",
            "no pair on its inputs, its output has its own scale; decided when ranges are known",
            "the narrowest input would be left with fewer than 5 of 8 bits",
            "measured by the resolution lost; no kernel is worth three bits"));
  }
}
