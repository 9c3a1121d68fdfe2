/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a tensor before it is computed. Immutable and thread-safe.
 *
 * @param elementType the element type, empty when not known
 * @param dimensions the dimensions, empty when not even the rank is known
 */
public record TensorType(Optional<ElementType> elementType, Optional<List<Dimension>> dimensions) {

  /** The type nothing is known about. */
  public static final TensorType UNKNOWN = new TensorType(Optional.empty(), Optional.empty());

  /**
   * Copies the dimensions.
   *
   * @param elementType the element type, empty when not known
   * @param dimensions the dimensions, empty when not even the rank is known
   */
  public TensorType {
    dimensions = dimensions.map(List::copyOf);
  }

  /**
   * Returns the type of a tensor of unknown element type with the given dimensions.
   *
   * @param dimensions the dimensions
   * @return the type
   */
  public static TensorType ofDimensions(List<Dimension> dimensions) {
    return new TensorType(Optional.empty(), Optional.of(dimensions));
  }

  /**
   * Tells whether this can be a tensor of the given element type.
   *
   * @param type the element type asked for
   * @return true when equal or not known
   */
  public boolean mayBe(ElementType type) {
    return elementType.isEmpty() || elementType.get() == type;
  }

  /**
   * Returns a copy with another element type.
   *
   * @param type the element type
   * @return the copy
   */
  public TensorType withElementType(ElementType type) {
    return new TensorType(Optional.of(type), dimensions);
  }

  @Override
  public String toString() {
    return elementType.map(ElementType::toString).orElse("?")
        + dimensions.map(List::toString).orElse("[...]");
  }
}
