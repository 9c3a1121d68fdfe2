/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.ModelFormatException;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * What an initializer says it holds; its contents are not looked at.
 *
 * @param elementType the type, empty for text, types the format does not know and shapes that are
 *     none
 * @param elements the number of elements, 0 where the type is empty
 */
record InitializerSize(Optional<ElementType> elementType, long elements) {
  static InitializerSize of(Value initializer) {
    try {
      Optional<ElementType> type = initializer.constantElementType();
      long elements = initializer.constantShape().map(Shape::elementCount).orElse(0L);
      return type.filter(stated -> stated != ElementType.STRING)
          .map(stated -> new InitializerSize(Optional.of(stated), elements))
          .orElse(new InitializerSize(Optional.empty(), 0));
    } catch (ModelFormatException e) {
      return new InitializerSize(Optional.empty(), 0);
    }
  }

  /** Returns the name of the element type, {@code other} where there is none. */
  String typeName() {
    return elementType.map(ElementType::toString).orElse("other");
  }

  /** Returns the size of the elements, 0 where the type is empty. */
  long bytes() {
    long bits = elementType.map(ElementType::bitWidth).orElse(0) * elements;
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  boolean isOf(ElementType type) {
    return elementType.filter(type::equals).isPresent();
  }
}
