/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * What one QuantizeLinear or DequantizeLinear of the standard domain says.
 *
 * @param node the node
 */
record Quantizer(Node node) {
  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  /** Returns what a node says, empty for nodes of another kind and those that lack an input. */
  static Optional<Quantizer> of(Node node) {
    return node.is("QuantizeLinear", "DequantizeLinear")
            && node.input(0).isPresent()
            && node.input(SCALE).isPresent()
            && node.output(0).isPresent()
        ? Optional.of(new Quantizer(node))
        : Optional.empty();
  }

  /** Returns the DequantizeLinear that a value comes out of, empty for anything else. */
  static Optional<Quantizer> behind(Value value) {
    return value.producer().flatMap(Quantizer::of).filter(found -> !found.isQuantize());
  }

  /** Returns the QuantizeLinear that writes codes, empty where something else does. */
  static Optional<Quantizer> writing(Value codes) {
    return codes.producer().flatMap(Quantizer::of).filter(Quantizer::isQuantize);
  }

  boolean isQuantize() {
    return node.is("QuantizeLinear");
  }

  /** Returns the tensor that is quantized, or the codes that are dequantized. */
  Value data() {
    return node.requiredInput(0);
  }

  Value output() {
    return node.output();
  }

  /** Returns the scale, empty when it is computed. */
  Optional<Tensor> scale() {
    return node.requiredInput(SCALE).constant();
  }

  /** Returns the zero point, empty when it is left out or computed. */
  Optional<Tensor> zeroPoint() {
    return node.input(ZERO_POINT).flatMap(Value::constant);
  }

  /** Returns the axis several scales stand along, which is 1 where it is left out. */
  long axis() {
    return node.integer("axis", 1);
  }

  boolean hasZeroPoint() {
    return node.input(ZERO_POINT).isPresent();
  }

  /** Tells whether scale and zero point are known before the model runs. */
  boolean isConstant() {
    return node.requiredInput(SCALE).isConstant()
        && node.input(ZERO_POINT).map(Value::isConstant).orElse(true);
  }

  /**
   * Returns the type of the codes: that of the zero point, else what attribute {@code output_dtype}
   * of a QuantizeLinear says, else that of the codes a DequantizeLinear reads, else uint8, which is
   * what ONNX takes.
   */
  ElementType codeType() {
    return node.input(ZERO_POINT)
        .flatMap(Quantizer::elementType)
        .or(() -> isQuantize() ? declaredCodeType() : dataCodeType())
        .orElse(ElementType.UINT8);
  }

  /** Returns what a QuantizeLinear of opset 21 says of its codes beside the zero point. */
  Optional<ElementType> declaredCodeType() {
    return isQuantize()
        ? ElementType.ofOnnxCode((int) node.integer("output_dtype", 0))
        : Optional.empty();
  }

  /**
   * Returns the type of the codes themselves, whatever the zero point says: for a DequantizeLinear
   * that of constant codes, of the QuantizeLinear or Cast that writes them, or the declared one;
   * empty where nothing tells.
   */
  Optional<ElementType> dataCodeType() {
    if (isQuantize()) {
      return Optional.of(codeType());
    }
    return data()
        .constantElementType()
        .or(() -> writing(data()).map(Quantizer::codeType))
        .or(() -> elementType(data()));
  }

  /** Looks through Constant and Cast nodes too, since a census is taken before any repair. */
  private static Optional<ElementType> elementType(Value value) {
    return value
        .constantElementType()
        .or(() -> value.type().elementType())
        .or(() -> value.producer().flatMap(Quantizer::writtenType));
  }

  private static Optional<ElementType> writtenType(Node node) {
    return node.is("Cast")
        ? ElementType.ofOnnxCode((int) node.integer("to", 0))
        : node.constantTensor().map(Tensor::elementType);
  }

  /** Returns the one float32 scale, empty for several, other types and computed ones. */
  Optional<Float> singleScale() {
    return scale()
        .filter(tensor -> tensor.elementType() == ElementType.FLOAT)
        .filter(tensor -> tensor.shape().elementCount() == 1)
        .map(tensor -> tensor.floats().get(0));
  }

  /** Returns the one zero point of type int8, uint8 or int32, 0 where it is left out. */
  Optional<Integer> singleZeroPoint() {
    if (!hasZeroPoint()) {
      return Optional.of(0);
    }
    return zeroPoint()
        .filter(tensor -> tensor.shape().elementCount() == 1)
        .flatMap(tensor -> ZeroPoints.of(tensor).map(values -> values[0]));
  }

  /** Tells whether the codes are int8 around zero point 0, with one float32 scale. */
  boolean isSymmetricInt8() {
    return codeType() == ElementType.INT8
        && singleScale().isPresent()
        && singleZeroPoint().filter(zero -> zero == 0).isPresent();
  }

  /**
   * Tells whether another node maps numbers to codes alike: equal scales, zero points and types,
   * and equal axes where there is more than one scale. False where either computes them.
   */
  boolean hasParametersOf(Quantizer other) {
    if (!isConstant() || !other.isConstant() || codeType() != other.codeType()) {
      return false;
    }
    Tensor scale = scale().orElseThrow();
    Tensor otherScale = other.scale().orElseThrow();
    boolean isPerAxis = scale.shape().elementCount() > 1;
    return haveEqualElements(scale, otherScale)
        && ZeroPoints.areEqual(zeroPoint(), other.zeroPoint(), scale.shape().elementCount())
        && (!isPerAxis || axis() == other.axis());
  }

  private static boolean haveEqualElements(Tensor a, Tensor b) {
    return a.elementType() == b.elementType()
        && a.shape().elementCount() == b.shape().elementCount()
        && a.bytes().equals(b.bytes());
  }
}
