/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A tensor that a layer of an engine reads or writes. Immutable and thread-safe.
 *
 * @param name the name of the tensor inside the engine
 * @param dimensions the sizes of its axes, -1 where they are dynamic; empty where TensorRT does not
 *     tell them
 * @param format type and layout as TensorRT describes them, such as {@code Int8} or {@code
 *     Thirty-two wide channel vectorized row major Int8 format}; may be empty
 */
public record LayerTensor(String name, List<Long> dimensions, String format) {

  /**
   * Creates a tensor.
   *
   * @param name the name
   * @param dimensions the sizes; copied
   * @param format type and layout
   */
  public LayerTensor {
    requireNonNull(name, "name");
    dimensions = List.copyOf(dimensions);
    requireNonNull(format, "format");
  }

  /**
   * Returns the type of the elements.
   *
   * @return what the format says
   */
  public LayerPrecision precision() {
    return LayerPrecision.of(format);
  }
}
