/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * What an Add, Sub, Mul or Div with a constant does to the channels of the other operand, in
 * float64. Source: Broadcasting in ONNX; the ONNX operators named, opset 14.
 */
final class ConstantArithmetic {
  private static final int CHANNEL_AXIS = 1;

  private ConstantArithmetic() {}

  /**
   * Returns the map, empty where the node is anything else, divides by the value, or has an operand
   * that is not a float32 constant of one element, or of one per channel along axis 1.
   *
   * @param value the operand whose channels are mapped
   * @param rank the rank of that operand
   */
  static Optional<ChannelAffine> of(Node node, Value value, int channelCount, int rank) {
    if (!node.is("Add", "Sub", "Mul", "Div")
        || node.outputs().size() != 1
        || hasBroadcastOfOldOpsets(node)) {
      return Optional.empty();
    }
    int constantIndex = node.requiredInput(0) == value ? 1 : 0;
    if (constantIndex == 0 && node.is("Div")) {
      return Optional.empty();
    }
    return OwnedConstants.floatShape(node, constantIndex)
        .filter(shape -> isPerChannel(shape, channelCount, rank))
        .map(shape -> affine(node, constantIndex, channelCount))
        .filter(ChannelAffine::isFinite);
  }

  /** Before opset 7, operands were aligned by attributes. */
  private static boolean hasBroadcastOfOldOpsets(Node node) {
    return node.hasAttribute("broadcast") || node.hasAttribute("axis");
  }

  private static boolean isPerChannel(Shape shape, int channelCount, int rank) {
    if (shape.rank() > rank) {
      return false;
    }
    for (int i = 0; i < shape.rank(); i++) {
      int axis = rank - shape.rank() + i;
      boolean mayBeWide = axis == CHANNEL_AXIS && shape.dimension(i) == channelCount;
      if (shape.dimension(i) != 1 && !mayBeWide) {
        return false;
      }
    }
    return true;
  }

  private static ChannelAffine affine(Node node, int constantIndex, int channelCount) {
    FloatBuffer constant = OwnedConstants.floatConstant(node, constantIndex).orElseThrow().floats();
    return switch (node.opType()) {
      case "Add" -> ChannelAffine.shifting(perChannel(constant, channelCount, c -> c));
      case "Sub" -> {
        ChannelAffine negated = ChannelAffine.scaling(perChannel(constant, channelCount, c -> -1));
        yield constantIndex == 1
            ? ChannelAffine.shifting(perChannel(constant, channelCount, c -> -c))
            : negated.then(ChannelAffine.shifting(perChannel(constant, channelCount, c -> c)));
      }
      case "Mul" -> ChannelAffine.scaling(perChannel(constant, channelCount, c -> c));
      default -> ChannelAffine.scaling(perChannel(constant, channelCount, c -> 1 / c));
    };
  }

  private static double[] perChannel(
      FloatBuffer constant, int channelCount, DoubleUnaryOperator map) {
    double[] values = new double[channelCount];
    for (int k = 0; k < channelCount; k++) {
      values[k] = map.applyAsDouble(constant.get(constant.remaining() == 1 ? 0 : k));
    }
    return values;
  }
}
