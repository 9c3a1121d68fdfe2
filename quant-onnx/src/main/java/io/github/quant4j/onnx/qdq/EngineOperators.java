/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Kinds of operators that an engine builder's fusions treat alike. */
final class EngineOperators {
  private static final Set<String> POINTWISE =
      Set.of(
          "Abs",
          "Add",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Div",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Max",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Swish",
          "Tanh",
          "ThresholdedRelu",
          "Where");

  private EngineOperators() {}

  static boolean isWeighted(Node node) {
    return node.is("Conv", "ConvTranspose", "Gemm", "MatMul");
  }

  /** Tells whether each element of the output depends on one element of each input. */
  static boolean isPointwise(Node node) {
    return node.domain().isEmpty() && POINTWISE.contains(node.opType());
  }

  /** Tells whether this multiplies by, or adds, numbers known at build time. */
  static boolean isConstantScale(Node node) {
    boolean isScale = node.is("Add", "Mul", "Sub", "BatchNormalization");
    return isScale && computedInputs(node) == 1;
  }

  /** Tells whether this is an activation whose bounds and slopes are known at build time. */
  static boolean isActivation(Node node) {
    return OperatorClass.isActivation(node) && computedInputs(node) == 1;
  }

  /** Returns the nodes that compute with shapes and constants alone. */
  static Set<Node> onShapesAlone(List<Node> nodes) {
    Set<Node> found = new HashSet<>();
    for (Node node : nodes) {
      boolean readsShapes =
          node.inputs().stream()
              .allMatch(
                  input ->
                      input.isConstant() || input.producer().filter(found::contains).isPresent());
      if (node.is("Shape", "Size") || (readsShapes && !node.is("If", "Loop", "Scan"))) {
        found.add(node);
      }
    }
    return found;
  }

  private static long computedInputs(Node node) {
    return node.inputs().stream().filter(value -> !value.isConstant()).count();
  }
}
