/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * P11: a Gemm with constant B runs in INT8 with one weight scale per output feature: axis 0 where B
 * is transposed, else axis 1. Factors that could not be folded keep it float.
 */
final class GemmRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Gemm")) {
      return Optional.empty();
    }
    if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1) {
      return Optional.of(
          OperatorVerdict.leaveFloat(
              "P11", "its alpha or beta could not be folded into a constant"));
    }
    int axis = node.integer("transB", 0) != 0 ? 0 : 1;
    return Optional.of(
        OperatorVerdict.quantize(OptionalInt.of(axis), "P11", "matrix product with constant B"));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P11",
            "Gemm with constant B, alpha and beta folded",
            "a pair on A; int8 B with scales on axis 0 where transB is set, else on axis 1",
            "a scale per output feature factors out of the integer sum; TensorRT turns other "
                + "factors into operators of their own",
            "onnx-tensorrt, importer of Gemm"));
  }
}
