/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P49: a weighted operator whose activation is not float32, or is known to have fewer than 8
 * elements, stays float.
 */
final class SmallActivationRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv", "ConvTranspose", "Gemm", "MatMul")) {
      return Optional.empty();
    }
    return TensorEligibility.obstacle(node.requiredInput(0), draft.shapes())
        .map(obstacle -> OperatorVerdict.leaveFloat("P49", obstacle));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P49",
            "a weighted operator on a tensor that is not float32 or has fewer than 8 elements",
            "nothing",
            "integers are indices and shapes; on a handful of elements the pair costs more than"
                + " the operator",
            "NVIDIA Model Optimizer, autotune exclusions; ONNX operator QuantizeLinear"));
  }
}
