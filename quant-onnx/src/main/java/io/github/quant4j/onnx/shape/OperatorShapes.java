/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the operators of the standard domain do to shapes.
 *
 * <p>An operator not listed has no answer, nor has one whose attributes make no sense. Where
 * versions of an operator differ in form (an attribute became an input), both forms are read.
 * Source: the shape rules in the ONNX operator documentation.
 */
final class OperatorShapes {
  private static final Set<String> SHAPE_KEEPING =
      Set.of(
          "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BatchNormalization",
          "Bernoulli",
          "BitwiseNot",
          "Cast",
          "CastLike",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "CumSum",
          "DequantizeLinear",
          "Dropout",
          "DynamicQuantizeLinear",
          "Elu",
          "Erf",
          "Exp",
          "EyeLike",
          "Floor",
          "Gelu",
          "GroupNormalization",
          "HardSigmoid",
          "HardSwish",
          "Hardmax",
          "Identity",
          "InstanceNormalization",
          "IsInf",
          "IsNaN",
          "LRN",
          "LayerNormalization",
          "LeakyRelu",
          "Log",
          "LogSoftmax",
          "LpNormalization",
          "MeanVarianceNormalization",
          "Mish",
          "Neg",
          "Not",
          "PRelu",
          "QuantizeLinear",
          "RMSNormalization",
          "RandomNormalLike",
          "RandomUniformLike",
          "Reciprocal",
          "Relu",
          "ReverseSequence",
          "Round",
          "Scatter",
          "ScatterElements",
          "ScatterND",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softmax",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "Trilu");

  private OperatorShapes() {}

  /** Returns the sizes of one output, empty where not even the rank can be told. */
  static Optional<List<Size>> output(Call call, int index) {
    if (!call.node().domain().isEmpty()) {
      return Optional.empty();
    }
    return index == 0 ? firstOutput(call) : furtherOutput(call, index);
  }

  private static Optional<List<Size>> firstOutput(Call call) {
    String operator = call.node().opType();
    if (SHAPE_KEEPING.contains(operator)) {
      return call.sizes(0);
    }
    if (BroadcastShapes.OPERATORS.contains(operator)) {
      return BroadcastShapes.elementwise(call);
    }
    return ReductionShapes.OPERATORS.contains(operator)
        ? ReductionShapes.reduce(call)
        : particular(call);
  }

  private static Optional<List<Size>> particular(Call call) {
    return switch (call.node().opType()) {
      case "ArgMax", "ArgMin" -> ReductionShapes.argument(call);
      case "Compress" -> SelectionShapes.compress(call);
      case "Concat" -> SliceShapes.concat(call);
      case "Constant" -> constant(call.node());
      case "ConstantOfShape" -> SelectionShapes.constantOfShape(call);
      case "Conv", "ConvInteger", "DeformConv" -> WindowShapes.convolution(call, 1);
      case "ConvTranspose" -> WindowShapes.transposed(call);
      case "DepthToSpace" -> ReshapeShapes.depthToSpace(call);
      case "Einsum" -> EinsumShapes.output(call);
      case "Expand" -> BroadcastShapes.expand(call);
      case "Flatten" -> ReshapeShapes.flatten(call);
      case "GRU", "LSTM", "RNN" -> RecurrentShapes.output(call, 0);
      case "Gather" -> SelectionShapes.gather(call);
      case "GatherElements" -> call.sizes(1);
      case "GatherND" -> SelectionShapes.gatherNd(call);
      case "Gemm" -> BroadcastShapes.gemm(call);
      case "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool" -> ReductionShapes.globalPool(call);
      case "GridSample" -> ResizeShapes.gridSample(call);
      case "MatMul", "MatMulInteger" -> BroadcastShapes.matMul(call, 0, 1);
      case "MaxPool", "AveragePool", "LpPool" -> WindowShapes.pooling(call);
      case "NonMaxSuppression" -> Optional.of(List.of(Size.UNKNOWN, Size.of(3)));
      case "NonZero" -> SelectionShapes.nonZero(call);
      case "OneHot" -> SelectionShapes.oneHot(call);
      case "Pad" -> SliceShapes.pad(call);
      case "QLinearConv" -> WindowShapes.convolution(call, 3);
      case "QLinearMatMul" -> BroadcastShapes.matMul(call, 0, 3);
      case "RandomNormal", "RandomUniform" -> SelectionShapes.random(call);
      case "Range" -> SelectionShapes.range(call);
      case "Reshape" -> ReshapeShapes.reshape(call);
      case "Resize" -> ResizeShapes.resize(call);
      case "RoiAlign" -> ResizeShapes.roiAlign(call);
      case "Shape" -> SelectionShapes.shape(call);
      case "Size" -> Optional.of(List.of());
      case "Slice" -> SliceShapes.slice(call);
      case "SpaceToDepth" -> ReshapeShapes.spaceToDepth(call);
      case "Split" -> SliceShapes.split(call, 0);
      case "Squeeze" -> ReshapeShapes.squeeze(call);
      case "Tile" -> BroadcastShapes.tile(call);
      case "TopK" -> SelectionShapes.topK(call);
      case "Transpose" -> ReshapeShapes.transpose(call);
      case "Unsqueeze" -> ReshapeShapes.unsqueeze(call);
      case "Upsample" -> ResizeShapes.upsample(call);
      default -> Optional.empty();
    };
  }

  private static Optional<List<Size>> furtherOutput(Call call, int index) {
    return switch (call.node().opType()) {
      case "Dropout" -> call.sizes(0);
      case "DynamicQuantizeLinear" -> Optional.of(List.of());
      case "GRU", "LSTM", "RNN" -> RecurrentShapes.output(call, index);
      case "LayerNormalization" -> layerStatistics(call);
      case "MaxPool" -> WindowShapes.pooling(call);
      case "Split" -> SliceShapes.split(call, index);
      case "TopK" -> SelectionShapes.topK(call);
      default -> Optional.empty();
    };
  }

  /** Mean and deviation keep the axes before the normalized ones. */
  private static Optional<List<Size>> layerStatistics(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    OptionalInt axis = Call.axis(call.node().integer("axis", -1), input.map(List::size).orElse(0));
    if (input.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    List<Size> result = new ArrayList<>(input.get());
    for (int i = axis.getAsInt(); i < result.size(); i++) {
      result.set(i, Size.ONE);
    }
    return Optional.of(result);
  }

  private static Optional<List<Size>> constant(Node node) {
    Optional<Tensor> tensor = node.constantTensor();
    return tensor.map(
        found -> {
          List<Size> sizes = new ArrayList<>();
          for (int axis = 0; axis < found.shape().rank(); axis++) {
            sizes.add(Size.of(found.shape().dimension(axis)));
          }
          return sizes;
        });
  }
}
