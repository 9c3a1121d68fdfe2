/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.ElementType;
import java.util.List;

/**
 * An input or output of an engine. Immutable and thread-safe.
 *
 * @param name the name that the ONNX graph gives it
 * @param elementType the type of its elements
 * @param dimensions the size of every axis, outermost first; -1 where it is chosen at run time
 */
public record EngineTensor(String name, ElementType elementType, List<Long> dimensions) {

  /**
   * Creates a description of an input or output.
   *
   * @param name the name
   * @param elementType the type of the elements
   * @param dimensions the size of every axis, -1 where it is chosen at run time; copied
   */
  public EngineTensor {
    requireNonNull(name, "name");
    requireNonNull(elementType, "elementType");
    dimensions = List.copyOf(dimensions);
  }

  /**
   * Whether the size of some axis is chosen at run time.
   *
   * @return true when a dimension is -1
   */
  public boolean isDynamic() {
    return dimensions.contains(-1L);
  }

  /**
   * Returns name, type and dimensions.
   *
   * @return e.g. {@code input float[-1, 3, 224, 224]}
   */
  @Override
  public String toString() {
    return name + " " + elementType + dimensions;
  }
}
