/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.ElementType;
import java.util.List;

/**
 * The name, element type and dimensions that a model declares for an input or output. Immutable and
 * thread-safe.
 *
 * @param name the name in the model
 * @param elementType the type of the elements
 * @param dimensions the size of every axis, -1 where it is free; copied
 */
public record TensorSignature(String name, ElementType elementType, List<Long> dimensions) {

  /**
   * Copies the dimensions.
   *
   * @param name the name in the model
   * @param elementType the type of the elements
   * @param dimensions the size of every axis, -1 where it is free
   */
  public TensorSignature {
    requireNonNull(name, "name");
    requireNonNull(elementType, "elementType");
    dimensions = List.copyOf(dimensions);
  }

  /**
   * Returns type and dimensions.
   *
   * @return e.g. {@code float[-1, 3, 32, 32]}
   */
  @Override
  public String toString() {
    return elementType.toString() + dimensions;
  }
}
