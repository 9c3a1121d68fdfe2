/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.Optional;

/** P08: a Conv over one or three spatial axes stays float; only planes are quantized. */
final class PlanarConvolutionRule implements OperatorRule {
  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    return weight.rank() == 4
        ? Optional.empty()
        : Optional.of(
            OperatorVerdict.leaveFloat("P08", "its weight " + weight + " is not of rank 4"));
  }
}
