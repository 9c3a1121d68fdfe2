/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * P08: a Conv over a line is quantized as one over a plane is. A Conv over a volume is, for
 * TensorRT, only without groups and with multiples of 16 channels on both sides. Whatever has
 * another rank stays float.
 */
final class VolumeConvolutionRule implements OperatorRule {
  private static final int LINE = 3;
  private static final int VOLUME = 5;
  private static final int TILE = 16;

  private final Target target;

  VolumeConvolutionRule(Target target) {
    this.target = target;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    if (weight.rank() < LINE || weight.rank() > VOLUME) {
      return leaveFloat("its weight " + weight + " is over no line, plane or volume");
    }
    boolean isHeldBack =
        target == Target.TENSORRT
            && weight.rank() == VOLUME
            && (WeightedOperator.groups(node) > 1
                || weight.dimension(0) % TILE != 0
                || weight.dimension(1) % TILE != 0);
    return isHeldBack
        ? leaveFloat(
            "it is over a volume, and its channels are grouped or no multiples of 16: " + weight)
        : Optional.empty();
  }

  private static Optional<OperatorVerdict> leaveFloat(String reason) {
    return Optional.of(OperatorVerdict.leaveFloat("P08", reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P08",
            "Conv over one or three spatial axes, constant weight",
            "a pair on the input, int8 weight with scales on axis 0; for TensorRT a Conv over a"
                + " volume stays float unless it has no groups and multiples of 16 channels on"
                + " both sides",
            "TensorRT computes a line as a plane of height 1, and has INT8 kernels over volumes in"
                + " whole vectors of channels only; ONNX Runtime has no such limit",
            "TensorRT issues 1198, 1409 and 1768"));
  }
}
