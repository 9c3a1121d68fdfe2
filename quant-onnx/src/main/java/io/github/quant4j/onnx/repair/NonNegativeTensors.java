/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a graph of which the operators alone tell that no element is below 0: results of
 * Relu, Clip from 0, Sigmoid, Softmax and their like, and what copies, pools, averages, joins, adds
 * or multiplies only such.
 *
 * <p>Quantization keeps the sign, whatever the zero point, so a pair on such a tensor gives such a
 * tensor. One walk over the graph; a constant is read once, and only where it is an operand beside
 * such tensors. NaN counts as not below 0.
 */
final class NonNegativeTensors {
  private static final Set<String> ALWAYS =
      Set.of(
          "Abs",
          "Exp",
          "HardSigmoid",
          "ReduceL1",
          "ReduceL2",
          "ReduceSumSquare",
          "Relu",
          "Sigmoid",
          "Softmax",
          "Softplus",
          "Sqrt");
  private static final Set<String> OF_DATA =
      Set.of(
          "AveragePool",
          "Dropout",
          "Elu",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSwish",
          "LeakyRelu",
          "MaxPool",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceSum",
          "Tanh");
  private static final Set<String> OF_ALL =
      Set.of("Add", "Concat", "Div", "MatMul", "Mean", "Min", "Mul", "Sum");

  private final boolean isUnsignedTrusted;
  private final Set<Value> found = new HashSet<>();
  private final Map<Value, Boolean> constants = new HashMap<>();

  private NonNegativeTensors(boolean isUnsignedTrusted) {
    this.isUnsignedTrusted = isUnsignedTrusted;
  }

  /** Returns those of a graph whose zero points are in doubt: only operators and int8 count. */
  static NonNegativeTensors ofOperators(Graph graph) {
    return of(graph, false);
  }

  /**
   * Returns those of a graph whose zero points are what they say: what comes out of a pair with the
   * smallest code for zero point is not below 0 either.
   */
  static NonNegativeTensors of(Graph graph) {
    return of(graph, true);
  }

  private static NonNegativeTensors of(Graph graph, boolean isUnsignedTrusted) {
    NonNegativeTensors tensors = new NonNegativeTensors(isUnsignedTrusted);
    for (Node node : graph.nodes()) {
      if (tensors.isNonNegative(node)) {
        tensors.found.addAll(node.outputs());
      }
    }
    return tensors;
  }

  boolean contains(Value tensor) {
    return found.contains(tensor)
        || (tensor.isConstant()
            && constants.computeIfAbsent(tensor, NonNegativeTensors::hasNoneBelowZero));
  }

  private boolean isNonNegative(Node node) {
    if (!node.domain().isEmpty()) {
      return false;
    }
    String type = node.opType();
    return ALWAYS.contains(type)
        || (isOfData(node) && node.input(0).filter(this::contains).isPresent())
        || (OF_ALL.contains(type) && node.inputs().stream().allMatch(this::contains))
        || (type.equals("Max") && node.inputs().stream().anyMatch(this::contains))
        || (type.equals("Where") && node.inputs().stream().skip(1).allMatch(this::contains))
        || (type.equals("Clip") && isClippedAtZero(node))
        || (type.equals("DequantizeLinear") && isDequantized(node));
  }

  private boolean isOfData(Node node) {
    return OF_DATA.contains(node.opType())
        || OperatorClass.isCopy(node)
        || OperatorClass.isNearestResize(node)
        || OperatorClass.isLinearResize(node)
        || OperatorClass.isZeroPad(node)
        || (node.is("Pad") && !node.text("mode", "constant").equals("constant"));
  }

  private static boolean isClippedAtZero(Node clip) {
    return bound(clip, 1, "min").filter(lowest -> lowest >= 0).isPresent()
        && (clip.input(2).isEmpty() || bound(clip, 2, "max").filter(top -> top >= 0).isPresent());
  }

  /** Returns a bound of a Clip, which is an attribute before opset 11. */
  private static Optional<Float> bound(Node clip, int index, String attribute) {
    return clip.hasAttribute(attribute)
        ? Optional.of(clip.real(attribute, 0))
        : clip.input(index).flatMap(Value::constant).flatMap(NonNegativeTensors::single);
  }

  private static Optional<Float> single(Tensor tensor) {
    return tensor.elementType() == ElementType.FLOAT && tensor.shape().elementCount() == 1
        ? Optional.of(tensor.floats().get(0))
        : Optional.empty();
  }

  /** Codes of 0 or more stay so through their own zero point, those of a Quantize of such too. */
  private boolean isDequantized(Node node) {
    Optional<Quantizer> reader = Quantizer.of(node);
    return reader.filter(this::hasSmallestZeroPoint).isPresent()
        || reader
            .flatMap(dequantize -> QuantizedActivation.behind(dequantize.output()))
            .filter(pair -> contains(pair.tensor()))
            .filter(pair -> reader.get().hasParametersOf(pair.quantize()))
            .isPresent();
  }

  private boolean hasSmallestZeroPoint(Quantizer dequantize) {
    return switch (dequantize.codeType()) {
      case INT8 -> dequantize.singleZeroPoint().filter(zero -> zero == Byte.MIN_VALUE).isPresent();
      case UINT8 ->
          isUnsignedTrusted && dequantize.singleZeroPoint().filter(zero -> zero == 0).isPresent();
      default -> false;
    };
  }

  private static boolean hasNoneBelowZero(Value constant) {
    Shape shape = constant.constantShape().orElse(Shape.of());
    if (!constant.isConstant(ElementType.FLOAT) || shape.elementCount() == 0) {
      return false;
    }
    FloatBuffer values = constant.constant().orElseThrow().floats();
    for (int i = 0; i < values.remaining(); i++) {
      if (values.get(i) < 0) {
        return false;
      }
    }
    return true;
  }
}
