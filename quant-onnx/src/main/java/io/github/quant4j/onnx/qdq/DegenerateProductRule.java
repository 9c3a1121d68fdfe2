/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P13: a Gemm or MatMul with fewer than 16 inner or output features, or a single row, stays float:
 * it is bound by bandwidth, and the pair costs more than it saves.
 *
 * <p>A single row counts where the product has rank 2 and its first dimension is known to be 1.
 */
final class DegenerateProductRule implements OperatorRule {
  private static final int SMALLEST = 16;

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Gemm", "MatMul")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    if (weight.rank() < 2) {
      return leaveFloat("its weight is a vector");
    }
    boolean isTransposed = node.is("Gemm") && node.integer("transB", 0) != 0;
    long inner = weight.dimension(isTransposed ? -1 : -2);
    long outer = weight.dimension(isTransposed ? -2 : -1);
    if (inner < SMALLEST || outer < SMALLEST) {
      return leaveFloat("it has " + inner + " inputs and " + outer + " outputs; at least 16 pay");
    }
    boolean isSingleRow =
        draft
            .shapes()
            .dimensions(node.output())
            .filter(dimensions -> dimensions.size() == 2 && dimensions.get(0).isFixed(1))
            .isPresent();
    return isSingleRow ? leaveFloat("it has a single row") : Optional.empty();
  }

  private static Optional<OperatorVerdict> leaveFloat(String reason) {
    return Optional.of(OperatorVerdict.leaveFloat("P13", reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P13",
            "Gemm or MatMul with fewer than 16 inputs or outputs, a single row, or a vector "
                + "for a weight",
            "nothing",
            "it is bound by memory, and the pair costs more than INT8 saves",
            "ModelOpt, ONNX quantization"));
  }
}
