/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.List;

/**
 * P25: a GELU, as one operator or decomposed, is computed in float. No pair stands inside; behind
 * it one stands only where a reader is INT8.
 */
final class GeluRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (ActivationPattern pattern : draft.patterns().patterns(ActivationPattern.class)) {
      if (pattern.function() == Function.GELU) {
        String reason = "GELU, computed in float; pairs stand at its INT8 readers";
        pattern.nodes().forEach(node -> draft.decide(node, false, "P25", reason));
      }
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P25",
            "GELU, as one operator, by Erf, by Tanh or by Sigmoid(1.702 x)",
            "no pair inside; a pair behind it only where a reader is INT8",
            "TensorRT fuses a GELU only where precision is the same on both sides, and a pair"
                + " inside tears it into single operators",
            "TensorRT developer guide on fusions; NVIDIA Model Optimizer's list of patterns left"
                + " alone"));
  }
}
