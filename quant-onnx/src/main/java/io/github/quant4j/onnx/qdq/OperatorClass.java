/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Kinds of operators that placement treats alike. */
final class OperatorClass {
  private static final Set<String> ACTIVATIONS =
      Set.of(
          "Clip",
          "Elu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "PRelu",
          "Relu",
          "Sigmoid",
          "Softplus",
          "Tanh");
  private static final Set<String> COPIES =
      Set.of(
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Identity",
          "Reshape",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private OperatorClass() {}

  /** Tells whether this is a function TensorRT computes in the epilogue of the operator before. */
  static boolean isActivation(Node node) {
    return node.domain().isEmpty() && ACTIVATIONS.contains(node.opType());
  }

  /** Tells whether this moves elements and leaves each as it is. */
  static boolean isCopy(Node node) {
    return node.domain().isEmpty() && COPIES.contains(node.opType());
  }

  /**
   * Returns what an Add or Mul with a constant changes, which is part of the epilogue of the
   * operator before (P37); empty for all else.
   */
  static Optional<Value> operandBesideConstant(Node node) {
    if (!node.is("Add", "Mul")) {
      return Optional.empty();
    }
    Value left = node.requiredInput(0);
    Value right = node.requiredInput(1);
    return left.isConstant() == right.isConstant()
        ? Optional.empty()
        : Optional.of(left.isConstant() ? right : left);
  }

  /** Tells whether this averages over space, which does not commute with rounding. */
  static boolean isAverage(Node node) {
    return node.is("AveragePool", "GlobalAveragePool");
  }

  /** Tells whether this is a Pad that adds zeros. */
  static boolean isZeroPad(Node node) {
    return node.is("Pad")
        && node.text("mode", "constant").equals("constant")
        && (node.input(2).isEmpty()
            || node.input(2).flatMap(Value::constant).filter(OperatorClass::isZero).isPresent());
  }

  /** Tells whether this is a MaxPool that gives values only and looks at every element. */
  static boolean isPlainMaxPool(Node node) {
    return node.is("GlobalMaxPool")
        || (node.is("MaxPool")
            && node.outputs().size() == 1
            && node.integers("dilations").stream()
                .flatMap(List::stream)
                .allMatch(dilation -> dilation == 1));
  }

  private static boolean isZero(Tensor tensor) {
    return tensor.elementType() == ElementType.FLOAT
        && tensor.shape().elementCount() == 1
        && tensor.floats().get(0) == 0;
  }
}
