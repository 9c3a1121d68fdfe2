/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * P12: a MatMul with constant B runs in INT8: one weight scale per output feature where B has rank
 * 2, one in all where B is a batch of matrices, for which no kernel takes more.
 */
final class MatMulRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("MatMul")) {
      return Optional.empty();
    }
    boolean isMatrix = WeightedOperator.weightShape(node).orElseThrow().rank() == 2;
    return Optional.of(
        OperatorVerdict.quantize(
            isMatrix ? OptionalInt.of(1) : OptionalInt.empty(),
            "P12",
            "matrix product with constant " + (isMatrix ? "matrix" : "batch of matrices")));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P12",
            "MatMul with constant B",
            "a pair on A; int8 B with scales on its last axis where it is a matrix, with one "
                + "scale where it is a batch of matrices",
            "a scale per output feature factors out of the integer sum; there is no kernel "
                + "with scales along an axis of a batch",
            "ONNX DequantizeLinear, opset 13; TensorRT developer guide, explicit "
                + "quantization"));
  }
}
