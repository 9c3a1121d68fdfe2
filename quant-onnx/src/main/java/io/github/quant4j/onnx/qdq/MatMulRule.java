/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
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
}
