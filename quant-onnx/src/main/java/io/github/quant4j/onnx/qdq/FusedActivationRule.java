/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * P24: SiLU, HardSwish and Mish, as one operator or decomposed, belong to the INT8 operator before
 * them. No pair stands on an edge inside, or between the two; that of an INT8 reader stands behind.
 */
final class FusedActivationRule implements PlacementRule {
  private static final Set<Function> FUNCTIONS =
      Set.of(Function.SILU, Function.HARD_SWISH, Function.MISH);

  @Override
  public void apply(PlanDraft draft) {
    for (ActivationPattern pattern : draft.patterns().patterns(ActivationPattern.class)) {
      if (FUNCTIONS.contains(pattern.function())) {
        boolean isFused = isFused(draft, pattern);
        String reason =
            pattern.kind()
                + (isFused
                    ? " fused into the operator before it"
                    : " that does not follow an INT8 operator alone");
        pattern.nodes().forEach(node -> draft.decide(node, isFused, "P24", reason));
      }
    }
  }

  private static boolean isFused(PlanDraft draft, ActivationPattern pattern) {
    return draft.patterns().isOnlyReader(pattern, pattern.input())
        && weightedProducer(draft, pattern.input()).isPresent();
  }

  /** Returns the INT8 operator before, directly or before constants added and multiplied. */
  private static Optional<Node> weightedProducer(PlanDraft draft, Value value) {
    Optional<Node> producer = value.producer();
    while (producer.isPresent() && !draft.isWeighted(producer.get())) {
      producer =
          OperatorClass.operandBesideConstant(producer.get())
              .filter(Value::hasSingleReader)
              .flatMap(Value::producer);
    }
    return producer;
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P24",
            "SiLU, HardSwish or Mish behind a Conv, ConvTranspose, Gemm or MatMul, as one operator"
                + " or decomposed",
            "no pair on any edge inside or before it; the pair of an INT8 reader stands behind it",
            "TensorRT computes the function in the epilogue of the operator before; a pair inside"
                + " breaks every such fusion and costs a tenth of the time and more",
            "ultralytics issue 25920: 88 SiLUs torn apart, 9 to 18 % slower"));
  }
}
