/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * P09 and P10: a ConvTranspose.
 *
 * <ol>
 *   <li>P09, TensorRT: one weight scale in all, because its kernels know no scale per output
 *       channel; only over planes, and with groups only of multiples of 4 channels.
 *   <li>P10, TensorRT: float where padding is added to the output, which puts a slice and an
 *       addition of the bias behind the kernel, or with fewer than 16 channels on a side.
 *   <li>P09, ONNX Runtime: one scale per output channel, axis 1 of the weight [C, M/group, ...];
 *       with groups that axis is shared by all groups, and one scale is taken.
 * </ol>
 */
final class TransposedConvolutionRule implements OperatorRule {
  private static final int PLANE = 4;
  private static final int SMALLEST = 16;
  private static final OptionalInt OUTPUT_CHANNELS = OptionalInt.of(1);

  private final Target target;

  TransposedConvolutionRule(Target target) {
    this.target = target;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("ConvTranspose")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    if (weight.rank() < PLANE - 1) {
      return leaveFloat("P09", "its weight " + weight + " has no spatial axis");
    }
    return target == Target.TENSORRT
        ? judgeForTensorRt(node, weight)
        : quantize(
            WeightedOperator.groups(node) == 1 ? OUTPUT_CHANNELS : OptionalInt.empty(), weight);
  }

  private static Optional<OperatorVerdict> judgeForTensorRt(Node node, Shape weight) {
    long groups = WeightedOperator.groups(node);
    long inputs = weight.dimension(0);
    long outputsPerGroup = weight.dimension(1);
    if (weight.rank() != PLANE) {
      return leaveFloat("P09", "its weight " + weight + " is not over a plane");
    }
    if (isOutputPadded(node)) {
      return leaveFloat("P10", "padding is added to its output");
    }
    if (inputs < SMALLEST || outputsPerGroup * groups < SMALLEST) {
      return leaveFloat(
          "P10",
          "it has few channels: " + inputs + " inputs, " + outputsPerGroup * groups + " outputs");
    }
    if (groups > 1 && !WeightedOperator.areMultiplesOf4(inputs / groups, outputsPerGroup)) {
      return leaveFloat(
          "P09",
          "its groups have %s inputs and %s outputs, no multiples of 4"
              .formatted(inputs / groups, outputsPerGroup));
    }
    return quantize(OptionalInt.empty(), weight);
  }

  /** An output_shape may ask for padding of the output too. */
  private static boolean isOutputPadded(Node node) {
    return node.hasAttribute("output_shape")
        || node.integers("output_padding").stream().flatMap(List::stream).anyMatch(pad -> pad != 0);
  }

  private static Optional<OperatorVerdict> quantize(OptionalInt axis, Shape weight) {
    return Optional.of(
        OperatorVerdict.quantize(axis, "P09", "transposed convolution, weight " + weight));
  }

  private static Optional<OperatorVerdict> leaveFloat(String ruleId, String reason) {
    return Optional.of(OperatorVerdict.leaveFloat(ruleId, reason));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P09",
            "ConvTranspose over a plane, constant weight, groups of multiples of 4 channels",
            "a pair on the input; int8 weight with one scale for TensorRT, for ONNX Runtime with"
                + " scales on axis 1 where there are no groups",
            "TensorRT's kernels take no scale per output channel of a transposed convolution;"
                + " ONNX Runtime computes it in float behind the pairs, and any scales will do",
            "TensorRT issues 1694, 1699 and 2380"),
        new RuleDescription(
            "P10",
            "ConvTranspose with output_padding or output_shape, or fewer than 16 channels on a"
                + " side",
            "for TensorRT nothing",
            "padding of the output puts a slice and an addition behind the kernel; for few channels"
                + " there may be no INT8 kernel at all",
            "onnx-tensorrt, importer of ConvTranspose; TensorRT issues 1519 and 2280"));
  }
}
