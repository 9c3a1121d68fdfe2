/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * P53 and P54: an operator that was measured to cost time, or the outputs too much, in INT8 stays
 * float.
 *
 * <p>Whether INT8 pays depends on the GPU, the shapes and what TensorRT fuses: of two matrix
 * products of one network the wide one gains, and the narrow one loses more in its pair than the
 * integer kernel saves. Which operators a network cannot spare in float is not to be seen in its
 * graph: of two depthwise convolutions of one shape, the one whose channels differ a hundredfold in
 * range ruins the result, the other does no harm. So this rule does not guess; it takes what was
 * measured on sample inputs or on a GPU, see {@link QdqPlanner#withMeasuredNoise} and {@link
 * QdqPlanner#withMeasuredTime}.
 */
final class MeasuredCostRule implements OperatorRule {
  static final String TIME = "P53";
  static final String NOISE = "P54";

  private final Map<String, Map<String, String>> reasons;

  MeasuredCostRule(Map<String, Map<String, String>> reasons) {
    this.reasons = reasons;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    return verdict(TIME, node).or(() -> verdict(NOISE, node));
  }

  private Optional<OperatorVerdict> verdict(String ruleId, Node node) {
    return Optional.ofNullable(reasons.getOrDefault(ruleId, Map.of()).get(node.name()))
        .map(text -> OperatorVerdict.leaveFloat(ruleId, text));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            TIME,
            "operator that was measured to make the engine slower in INT8",
            "nothing",
            "timed on a GPU in turn with the FP16 engine, its part of the model gains nothing in"
                + " INT8; where no part gains, all stay float",
            "measured on an H200: every matrix product of a ViT of width 96 loses"),
        new RuleDescription(
            NOISE,
            "operator that was measured to cost the outputs too much",
            "nothing",
            "on samples, with it alone in INT8, an output keeps too little of its signal; the few"
                + " operators that cost most are left float as long as most multiply-adds stay INT8",
            "Wu, Judd, Zhang, Isaev and Micikevicius, Integer Quantization for Deep Learning"
                + " Inference, 2020, section 6"));
  }
}
