/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the operators of the standard domain do to shapes; first output only.
 *
 * <p>An operator not listed has no answer, nor has one whose attributes make no sense. Source: the
 * shape rules in the ONNX operator documentation, opset 13 and later.
 */
final class OperatorShapes {
  private static final Set<String> SHAPE_KEEPING =
      Set.of(
          "Abs",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Clip",
          "Cos",
          "DequantizeLinear",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "GroupNormalization",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "InstanceNormalization",
          "LRN",
          "LayerNormalization",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "Mish",
          "Neg",
          "Not",
          "PRelu",
          "QuantizeLinear",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tanh",
          "ThresholdedRelu");

  private OperatorShapes() {}

  static Optional<List<Dimension>> output(Node node, ShapeInference known) {
    if (!node.domain().isEmpty()) {
      return Optional.empty();
    }
    if (SHAPE_KEEPING.contains(node.opType())) {
      return input(node, 0, known);
    }
    if (BroadcastShapes.OPERATORS.contains(node.opType())) {
      return BroadcastShapes.elementwise(node, known);
    }
    return switch (node.opType()) {
      case "Conv" -> WindowShapes.convolution(node, known);
      case "MaxPool", "AveragePool", "LpPool" -> WindowShapes.pooling(node, known);
      case "GlobalAveragePool", "GlobalMaxPool" -> globalPool(node, known);
      case "Gemm" -> BroadcastShapes.gemm(node, known);
      case "MatMul" -> BroadcastShapes.matMul(node, known);
      case "Flatten" -> MovementShapes.flatten(node, known);
      case "Transpose" -> MovementShapes.transpose(node, known);
      case "Reshape" -> MovementShapes.reshape(node, known);
      case "Concat" -> MovementShapes.concat(node, known);
      case "Pad" -> MovementShapes.pad(node, known);
      case "Slice", "Split", "Resize", "Upsample", "Tile" ->
          input(node, 0, known).map(OperatorShapes::unknown);
      default -> Optional.empty();
    };
  }

  static Optional<List<Dimension>> input(Node node, int index, ShapeInference known) {
    return node.input(index).flatMap(known::dimensions);
  }

  /** Returns dimensions of the same rank of which nothing is known. */
  static List<Dimension> unknown(List<Dimension> ofRank) {
    return Collections.nCopies(ofRank.size(), Dimension.unknown());
  }

  /** Returns an axis counted from the front, empty when it lies outside [-count, count). */
  static OptionalInt axis(long declared, int count) {
    return declared >= -count && declared < count
        ? OptionalInt.of((int) (declared < 0 ? declared + count : declared))
        : OptionalInt.empty();
  }

  private static Optional<List<Dimension>> globalPool(Node node, ShapeInference known) {
    return input(node, 0, known)
        .map(
            dimensions -> {
              List<Dimension> result = new ArrayList<>(dimensions);
              for (int i = 2; i < result.size(); i++) {
                result.set(i, Dimension.of(1));
              }
              return result;
            });
  }
}
