/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * P54: an operator that was measured to cost the outputs too much in INT8 stays float.
 *
 * <p>Which operators a network cannot spare in float is not to be seen in its graph: of two
 * depthwise convolutions of one shape, the one whose channels differ a hundredfold in range ruins
 * the result, the other does no harm. So this rule does not guess; it takes what was measured on
 * sample inputs, see {@link QdqPlanner#withMeasuredNoise}.
 */
final class MeasuredNoiseRule implements OperatorRule {
  private final Map<String, String> reasons;

  MeasuredNoiseRule(Map<String, String> reasons) {
    this.reasons = reasons;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    return Optional.ofNullable(reasons.get(node.name()))
        .map(reason -> OperatorVerdict.leaveFloat("P54", reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P54",
            "operator that was measured to cost the outputs too much",
            "nothing",
            "on samples, with it alone in INT8, an output keeps too little of its signal; the few"
                + " operators that cost most are left float as long as most multiply-adds stay INT8",
            "Wu, Judd, Zhang, Isaev and Micikevicius, Integer Quantization for Deep Learning"
                + " Inference, 2020, section 6"));
  }
}
