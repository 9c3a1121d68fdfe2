/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.Optional;

/**
 * P04: a Conv with groups that is not depthwise stays float: INT8 kernels for it are often slower
 * than FP16.
 */
final class GroupedConvolutionRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv") || WeightedOperator.groups(node) == 1) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    return WeightedOperator.isDepthwise(node, weight)
        ? Optional.empty()
        : Optional.of(
            OperatorVerdict.leaveFloat(
                "P04", "it has " + WeightedOperator.groups(node) + " groups and is not depthwise"));
  }
}
