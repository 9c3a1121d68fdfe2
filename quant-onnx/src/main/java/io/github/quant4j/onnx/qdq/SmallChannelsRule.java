/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * P05: a Conv with few channels stays float: INT8 tiles are 16 or 32 channels wide, and filling
 * them with zeros eats the gain.
 *
 * <p>Few means fewer than 16 output channels, or fewer than 16 input channels per group. Taken all
 * the same are
 *
 * <ol>
 *   <li>without groups: a square kernel with input or output channels a multiple of 8, where the
 *       Conv reads the input of the graph or has 16 channels on one side;
 *   <li>with groups: output channels a multiple of 8 and every kernel dimension at least 3.
 * </ol>
 */
final class SmallChannelsRule implements OperatorRule {
  private static final int TILE = 16;
  private static final int VECTOR = 8;

  private final Target target;

  SmallChannelsRule(Target target) {
    this.target = target;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (target != Target.TENSORRT || !node.is("Conv")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    long outputs = weight.dimension(0);
    long inputsPerGroup = weight.dimension(1);
    if ((outputs >= TILE && inputsPerGroup >= TILE) || isWorthwhile(node, weight)) {
      return Optional.empty();
    }
    return Optional.of(
        OperatorVerdict.leaveFloat(
            "P05",
            "it has few channels: "
                + inputsPerGroup
                + " inputs per group, "
                + outputs
                + " outputs"));
  }

  private static boolean isWorthwhile(Node node, Shape weight) {
    long outputs = weight.dimension(0);
    LongSummaryStatistics kernel =
        IntStream.range(2, weight.rank()).mapToLong(weight::dimension).summaryStatistics();
    if (WeightedOperator.groups(node) > 1) {
      return outputs % VECTOR == 0 && kernel.getMin() >= 3;
    }
    long inputs = weight.dimension(1);
    return kernel.getMin() == kernel.getMax()
        && (inputs % VECTOR == 0 || outputs % VECTOR == 0)
        && (WeightedOperator.readsGraphInput(node) || inputs >= TILE || outputs >= TILE);
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P05",
            "Conv with fewer than 16 output channels or fewer than 16 input channels per "
                + "group",
            "for TensorRT nothing, except: no groups, square kernel, a side that is a "
                + "multiple of 8, and it reads the input of the graph or has 16 channels on a "
                + "side; or groups, output channels in multiples of 8, and a kernel of at least 3 "
                + "along each axis",
            "INT8 kernels compute tiles of 16 or 32 channels, and filling them up eats the "
                + "gain; ONNX Runtime has no such tiles",
            "ModelOpt, ONNX quantization"));
  }
}
