/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * P01, P03 and P06: a Conv runs in INT8 with one weight scale per output channel (axis 0), which
 * leaves the integer sum as a factor per channel. The rule is P06 where the Conv reads the input of
 * the graph, P03 where it is depthwise.
 */
final class ConvolutionRule implements OperatorRule {
  private static final OptionalInt OUTPUT_CHANNELS = OptionalInt.of(0);

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    String shape = "weight " + weight;
    if (WeightedOperator.readsGraphInput(node)) {
      return verdict("P06", "first convolution, " + shape);
    }
    return WeightedOperator.isDepthwise(node, weight)
        ? verdict("P03", "depthwise convolution, " + shape)
        : verdict("P01", "convolution, " + shape);
  }

  private static Optional<OperatorVerdict> verdict(String ruleId, String reason) {
    return Optional.of(OperatorVerdict.quantize(OUTPUT_CHANNELS, ruleId, reason));
  }
}
