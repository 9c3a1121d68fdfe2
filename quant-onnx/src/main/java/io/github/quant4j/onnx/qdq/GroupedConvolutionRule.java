/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P04: for TensorRT, a Conv with groups that is not depthwise stays float: its INT8 kernels are
 * often slower than those of FP16. An option allows it where the channels of a group are multiples
 * of 4 on both sides, which the INT8 kernels need.
 */
final class GroupedConvolutionRule implements OperatorRule {
  private final PlannerOptions options;

  GroupedConvolutionRule(PlannerOptions options) {
    this.options = options;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!options.isForTensorRt() || !node.is("Conv") || WeightedOperator.groups(node) == 1) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    if (WeightedOperator.isDepthwise(node, weight)) {
      return Optional.empty();
    }
    if (!options.groupedConvolutions()) {
      return leaveFloat("it has " + WeightedOperator.groups(node) + " groups and is not depthwise");
    }
    long inputs = weight.dimension(1);
    long outputs = weight.dimension(0) / WeightedOperator.groups(node);
    return WeightedOperator.areMultiplesOf4(inputs, outputs)
        ? Optional.empty()
        : leaveFloat(
            "its groups have %s inputs and %s outputs, no multiples of 4"
                .formatted(inputs, outputs));
  }

  private static Optional<OperatorVerdict> leaveFloat(String reason) {
    return Optional.of(OperatorVerdict.leaveFloat("P04", reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P04",
            "Conv with groups that is not depthwise, constant weight",
            "for TensorRT nothing, unless the planner is told to and the channels of a group are"
                + " multiples of 4 on both sides; then, and for ONNX Runtime always, a pair on the"
                + " input and int8 weight with scales on axis 0",
            "INT8 kernels of grouped convolutions are often slower than those of FP16, and there"
                + " are none for other numbers of channels",
            "TensorRT developer guide, layer IConvolutionLayer; TensorRT issue 4529"));
  }
}
