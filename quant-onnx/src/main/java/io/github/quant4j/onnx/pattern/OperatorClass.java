/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Kinds of operators that the placement and the repair of quantization treat alike. Each question
 * is answered from the node and the constants it reads.
 */
public final class OperatorClass {
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
          "Tile",
          "Transpose",
          "Unsqueeze");

  private OperatorClass() {}

  /**
   * Tells whether this is a function TensorRT computes in the epilogue of the operator before.
   *
   * @param node a node
   * @return true for Relu, Clip, Sigmoid and their like
   */
  public static boolean isActivation(Node node) {
    return node.domain().isEmpty() && ACTIVATIONS.contains(node.opType());
  }

  /**
   * Tells whether this moves elements and leaves each as it is.
   *
   * @param node a node
   * @return true for Reshape, Transpose, Slice and their like
   */
  public static boolean isCopy(Node node) {
    return (node.domain().isEmpty() && COPIES.contains(node.opType()))
        || (node.is("Gather")
            && node.input(0).filter(data -> !data.isConstant()).isPresent()
            && node.input(1).filter(Value::isConstant).isPresent());
  }

  /**
   * Tells whether this moves or selects elements of input 0, which commutes with rounding.
   *
   * @param node a node
   * @return true for copies, MaxPool and nearest Resize
   */
  public static boolean isCommuting(Node node) {
    return isCopy(node) || isPlainMaxPool(node) || isNearestResize(node);
  }

  /**
   * Tells whether this resizes, by whatever method.
   *
   * @param node a node
   * @return true for Resize and Upsample
   */
  public static boolean isResize(Node node) {
    return node.is("Resize", "Upsample");
  }

  /**
   * Tells whether this repeats or drops elements; what lies outside counts as another value.
   *
   * @param node a node
   * @return true for a Resize that makes no new values
   */
  public static boolean isNearestResize(Node node) {
    return isResize(node) && node.text("mode", "nearest").equals("nearest") && isWithin(node);
  }

  /**
   * Tells whether this interpolates between neighbours only; opset 9 calls it bilinear too.
   *
   * @param node a node
   * @return true for a linear Resize without antialiasing
   */
  public static boolean isLinearResize(Node node) {
    String mode = node.text("mode", "nearest");
    return isResize(node)
        && (mode.equals("linear") || mode.equals("bilinear"))
        && node.integer("antialias", 0) == 0
        && isWithin(node);
  }

  /** Cropping may read outside the input, where the operator puts a value of its own. */
  private static boolean isWithin(Node resize) {
    return !resize
        .text("coordinate_transformation_mode", "half_pixel")
        .equals("tf_crop_and_resize");
  }

  /**
   * Returns what an Add or Mul with a constant changes, which is part of the epilogue of the
   * operator before (P37).
   *
   * @param node a node
   * @return the operand that is computed, empty for all else
   */
  public static Optional<Value> operandBesideConstant(Node node) {
    if (!node.is("Add", "Mul")) {
      return Optional.empty();
    }
    Value left = node.requiredInput(0);
    Value right = node.requiredInput(1);
    return left.isConstant() == right.isConstant()
        ? Optional.empty()
        : Optional.of(left.isConstant() ? right : left);
  }

  /**
   * Tells whether this averages over space, which does not commute with rounding.
   *
   * @param node a node
   * @param shapes the shapes of its graph
   * @return true for AveragePool, GlobalAveragePool and a ReduceMean over both axes of space
   */
  public static boolean isAverage(Node node, ShapeInference shapes) {
    return node.is("AveragePool", "GlobalAveragePool")
        || (node.is("ReduceMean")
            && hasFourDimensions(node, shapes)
            && ReducedAxes.areSpatial(node));
  }

  private static boolean hasFourDimensions(Node node, ShapeInference shapes) {
    return node.input(0)
        .flatMap(shapes::dimensions)
        .filter(dimensions -> dimensions.size() == 4)
        .isPresent();
  }

  /**
   * Tells whether this is a Pad that adds zeros.
   *
   * @param node a node
   * @return true for a constant Pad of zeros
   */
  public static boolean isZeroPad(Node node) {
    return node.is("Pad")
        && node.text("mode", "constant").equals("constant")
        && (node.input(2).isEmpty()
            || node.input(2).flatMap(Value::constant).filter(OperatorClass::isZero).isPresent());
  }

  /**
   * Tells whether this is a MaxPool that gives values only and looks at every element.
   *
   * @param node a node
   * @return true for MaxPool without indices and dilations, and GlobalMaxPool
   */
  public static boolean isPlainMaxPool(Node node) {
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
