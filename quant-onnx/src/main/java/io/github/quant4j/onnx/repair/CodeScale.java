/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What codes of eight bits stand for: {@code real = (code - zeroPoint) * scale}, with one scale or
 * one per channel. Both are constants of the graph; a zero point left out is 0.
 *
 * @param scale an initializer of type float32
 * @param zeroPoint an initializer of type int8 or uint8, or null
 */
record CodeScale(Value scale, @Nullable Value zeroPoint) {

  /** Returns what inputs of a node say; empty where they are computed or of other types. */
  static Optional<CodeScale> of(Node node, int scaleIndex, int zeroPointIndex) {
    return of(node.input(scaleIndex), node.input(zeroPointIndex));
  }

  static Optional<CodeScale> of(Optional<Value> scale, Optional<Value> zeroPoint) {
    boolean isKnown =
        scale.flatMap(Value::constantElementType).filter(ElementType.FLOAT::equals).isPresent()
            && (zeroPoint.isEmpty()
                || zeroPoint
                    .flatMap(Value::constantElementType)
                    .filter(CodeTypes::isByte)
                    .isPresent());
    return isKnown
        ? Optional.of(new CodeScale(scale.orElseThrow(), zeroPoint.orElse(null)))
        : Optional.empty();
  }

  boolean isSingle() {
    return count() == 1;
  }

  long count() {
    return scale.constantShape().orElseThrow().elementCount();
  }

  /** Returns the scales in order. */
  float[] scales() {
    return scale.constant().flatMap(ScaleValues::of).orElseThrow();
  }

  /** Returns the type the zero point gives to the codes, empty where it is left out. */
  Optional<ElementType> type() {
    return Optional.ofNullable(zeroPoint).flatMap(Value::constantElementType);
  }

  /** Returns the number a code stands for; only asked of single scales. */
  float real(int code) {
    return (code - offset()) * scales()[0];
  }

  /** Returns the first zero point, 0 where it is left out. */
  int offset() {
    return Optional.ofNullable(zeroPoint)
        .flatMap(Value::constant)
        .flatMap(ZeroPoints::of)
        .map(values -> values[0])
        .orElse(0);
  }

  /** Tells whether the lowest code stands for 0, so that numbers below 0 become 0. */
  boolean beginsAtZero() {
    return offset() == (type().filter(ElementType.INT8::equals).isPresent() ? Byte.MIN_VALUE : 0);
  }

  /** Tells whether two single scales map codes alike, whichever initializers hold them. */
  boolean isEqualTo(CodeScale other) {
    return isSingle()
        && other.isSingle()
        && scales()[0] == other.scales()[0]
        && offset() == other.offset()
        && type().equals(other.type());
  }

  /** Returns the inputs of a QuantizeLinear or DequantizeLinear of this scale. */
  List<Value> inputs(Value data) {
    List<Value> inputs = new ArrayList<>(List.of(data, scale));
    if (zeroPoint != null) {
      inputs.add(zeroPoint);
    }
    return inputs;
  }

  @Override
  public String toString() {
    String codes = type().map(type -> type.name().toLowerCase(Locale.ROOT)).orElse("uint8");
    return isSingle()
        ? "%s, scale %s, zero point %s".formatted(codes, scales()[0], offset())
        : "%s, %s scales".formatted(codes, count());
  }
}
