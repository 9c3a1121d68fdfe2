/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.onnx.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which inputs and outputs of the standard operators are of one and the same free type T, and which
 * operators take float16 for it. Source: type constraints of the ONNX operators at opset 19; later
 * operator sets only add types.
 */
final class OperatorTypes {
  private static final int ALL = -1;
  private static final Map<String, Integer> TYPED_INPUTS = typedInputs();

  /** Operators of the table whose type constraint leaves float16 out. */
  private static final Set<String> FLOAT_ONLY = Set.of("Celu", "IsInf", "Range");

  /** Operators whose result is boolean or an integer, whatever they read. */
  private static final Set<String> UNTYPED_RESULT =
      Set.of(
          "ArgMax",
          "ArgMin",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "NonZero",
          "QuantizeLinear");

  /** Operators that ask for no type: they look at the shape only, or convert. */
  private static final Set<String> READS_ANY = Set.of("Cast", "Shape", "Size");

  private OperatorTypes() {}

  private static Map<String, Integer> typedInputs() {
    Map<String, Integer> inputs = new HashMap<>();
    put(inputs, 0b1, "Abs ArgMax ArgMin AveragePool Ceil Celu CenterCropPad Compress Cos CumSum");
    put(inputs, 0b1, "DepthToSpace Dropout Elu Erf Exp Expand Flatten Floor Gather GatherElements");
    put(inputs, 0b1, "GatherND Gelu GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Hardmax");
    put(inputs, 0b1, "Identity IsInf IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization LpPool");
    put(inputs, 0b1, "MaxPool MeanVarianceNormalization Mish Neg NonZero Pow Reciprocal ReduceL1");
    put(inputs, 0b1, "ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin Slice");
    put(inputs, 0b1, "ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence");
    put(inputs, 0b1, "Round Selu Sigmoid Sign Sin Softmax Softplus Softsign SpaceToDepth Split");
    put(inputs, 0b1, "Sqrt Squeeze Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze");
    put(inputs, 0b10, "DequantizeLinear");
    put(inputs, 0b11, "Add Div Equal Greater GreaterOrEqual GridSample Less LessOrEqual MatMul");
    put(inputs, 0b11, "Mod Mul PRelu QuantizeLinear Sub");
    put(inputs, 0b100, "OneHot");
    put(inputs, 0b101, "Pad ScatterElements ScatterND");
    put(inputs, 0b110, "Where");
    put(inputs, 0b111, "Clip Conv ConvTranspose Gemm GroupNormalization InstanceNormalization");
    put(inputs, 0b111, "LayerNormalization Range");
    put(inputs, ALL, "BatchNormalization Concat Einsum Max Mean Min Sum");
    return Map.copyOf(inputs);
  }

  private static void put(Map<String, Integer> inputs, int positions, String operators) {
    Arrays.stream(operators.split(" ")).forEach(operator -> inputs.put(operator, positions));
  }

  /** Tells whether a node calls one of a set of standard operators. */
  static boolean isOneOf(Set<String> operators, Node node) {
    return node.domain().isEmpty() && operators.contains(node.opType());
  }

  /** Tells whether the types of this node's inputs and outputs are known here. */
  static boolean isKnown(Node node) {
    return isOneOf(TYPED_INPUTS.keySet(), node);
  }

  /** Tells whether the node may compute in float16. */
  static boolean allowsHalf(Node node) {
    return isKnown(node) && !isOneOf(FLOAT_ONLY, node);
  }

  /** Tells whether an input is of the type T of the node. */
  static boolean isTypedInput(Node node, int index) {
    int positions = isKnown(node) ? TYPED_INPUTS.getOrDefault(node.opType(), 0) : 0;
    return positions == ALL || (index < Integer.SIZE && ((positions >>> index) & 1) == 1);
  }

  /** Tells whether an output is of the type T of the node. */
  static boolean isTypedOutput(Node node, int index) {
    if (!isKnown(node) || isOneOf(UNTYPED_RESULT, node)) {
      return false;
    }
    return index == 0 || node.is("Split");
  }

  /** Tells whether the node reads its input in whatever type it comes. */
  static boolean readsAny(Node node) {
    return isOneOf(READS_ANY, node);
  }

  /** Tells whether the node holds a body that names values of the graph around it. */
  static boolean hasBody(Node node) {
    return node.is("If", "Loop", "Scan", "SequenceMap");
  }
}
