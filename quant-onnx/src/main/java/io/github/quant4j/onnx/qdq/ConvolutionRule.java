/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * P01, P03 and P06: a Conv runs in INT8 with one weight scale per output channel (axis 0), which
 * leaves the integer sum as a factor per channel. The rule is P06 where the Conv reads the input of
 * the graph, and then the profile may keep it float; else P08 where it is not over a plane, P03
 * where it is depthwise, P04 where it is grouped.
 */
final class ConvolutionRule implements OperatorRule {
  private static final int PLANE = 4;
  private static final OptionalInt OUTPUT_CHANNELS = OptionalInt.of(0);

  private final PlanProfile profile;

  ConvolutionRule(PlanProfile profile) {
    this.profile = profile;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Conv")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    String shape = "weight " + weight;
    if (WeightedOperator.readsGraphInput(node)) {
      return profile == PlanProfile.ACCURACY
          ? Optional.of(OperatorVerdict.leaveFloat("P06", "first convolution, " + shape))
          : verdict("P06", "first convolution, " + shape);
    }
    if (weight.rank() != PLANE) {
      return verdict("P08", "convolution over a line or volume, " + shape);
    }
    if (WeightedOperator.isDepthwise(node, weight)) {
      return verdict("P03", "depthwise convolution, " + shape);
    }
    return WeightedOperator.groups(node) > 1
        ? verdict("P04", "grouped convolution, " + shape)
        : verdict("P01", "convolution, " + shape);
  }

  private static Optional<OperatorVerdict> verdict(String ruleId, String reason) {
    return Optional.of(OperatorVerdict.quantize(OUTPUT_CHANNELS, ruleId, reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P01",
            "Conv over a plane, no groups, constant weight",
            "a pair on the input; int8 weight with scales on axis 0",
            "a scale per output channel leaves the integer sum as a factor, so the best "
                + "resolution of weights costs nothing",
            "TensorRT developer guide, explicit quantization"),
        new RuleDescription(
            "P03",
            "depthwise Conv, constant weight",
            "a pair on the input; int8 weight with scales on axis 0",
            "the ranges of depthwise channels differ widely, and TensorRT has INT8 kernels "
                + "for them",
            "TensorRT engine explorer, profile of MobileNetV2"),
        new RuleDescription(
            "P06",
            "Conv that reads an input of the graph",
            "as for any Conv; nothing in the profile that favours accuracy",
            "in INT8 it fuses with the activation and pooling behind it; its picture is "
                + "where 8 bits lose most",
            "ModelOpt, ONNX quantization; profile of a ResNet-18 engine"));
  }
}
