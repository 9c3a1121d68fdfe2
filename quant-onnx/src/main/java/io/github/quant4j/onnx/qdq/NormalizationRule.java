/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.pattern.NormalizationPattern;
import java.util.List;

/**
 * P35: the operators of a layer or RMS normalization stay float, all for one reason: the
 * normalization has no INT8 kernel worth a pair, and a pair inside tears it apart.
 */
final class NormalizationRule implements PlacementRule {
  @Override
  public void apply(PlanDraft draft) {
    for (NormalizationPattern pattern : draft.patterns().patterns(NormalizationPattern.class)) {
      String reason =
          pattern.nodes().size() == 1
              ? "normalizes in float"
              : "part of a " + pattern.kind() + ", which normalizes in float";
      pattern.nodes().forEach(node -> draft.decide(node, false, "P35", reason));
    }
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P35",
            "layer normalization and RMS normalization, as one operator or decomposed",
            "no pair on any edge; an INT8 reader of the result has its pair there",
            "sums of squares need more than 8 bits, no INT8 kernel exists, and a pair inside splits"
                + " what TensorRT runs as one kernel",
            "TensorRT issue 4242; NVIDIA Model Optimizer's list of operators left alone"));
  }
}
