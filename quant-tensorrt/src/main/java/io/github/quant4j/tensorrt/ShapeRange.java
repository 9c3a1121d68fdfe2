/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;

/**
 * The shapes that an engine takes for one input. Immutable and thread-safe.
 *
 * @param min the least size of every axis
 * @param opt the shape for which kernels are chosen
 * @param max the greatest size of every axis
 */
public record ShapeRange(Shape min, Shape opt, Shape max) {

  /**
   * Creates a range.
   *
   * @param min the least size of every axis
   * @param opt the shape for which kernels are chosen
   * @param max the greatest size of every axis
   * @throws IllegalArgumentException if the ranks differ, or an axis of {@code opt} is not between
   *     those of the others
   */
  public ShapeRange {
    boolean isOrdered = min.rank() == opt.rank() && opt.rank() == max.rank();
    for (int axis = 0; isOrdered && axis < opt.rank(); axis++) {
      isOrdered =
          min.dimension(axis) <= opt.dimension(axis) && opt.dimension(axis) <= max.dimension(axis);
    }
    if (!isOrdered) {
      throw new IllegalArgumentException(
          "min, opt and max are %s, %s and %s, expected one rank and growing sizes"
              .formatted(min, opt, max));
    }
  }

  /**
   * Returns min, opt and max.
   *
   * @return e.g. {@code [1, 3]..[8, 3]..[8, 3]}
   */
  @Override
  public String toString() {
    return min + ".." + opt + ".." + max;
  }
}
