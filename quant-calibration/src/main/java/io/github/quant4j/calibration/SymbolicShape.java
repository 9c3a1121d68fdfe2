/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions that a model declares for a tensor. A free dimension may have a name; all
 * dimensions of one name are meant to be equal.
 *
 * @param axes the dimensions; copied
 */
record SymbolicShape(List<SymbolicShape.Axis> axes) {

  /** Stands for a name that was bound to two sizes, as some exporters name height and width. */
  private static final long AMBIGUOUS = -1;

  SymbolicShape {
    axes = List.copyOf(axes);
  }

  /** Notes the sizes that the names of this shape have in a tensor of the same rank. */
  void bind(Shape shape, Map<String, Long> sizes) {
    for (int axis = 0; axis < axes.size(); axis++) {
      String name = axes.get(axis).name();
      if (!name.isEmpty()) {
        sizes.merge(
            name, shape.dimension(axis), (one, other) -> one.equals(other) ? one : AMBIGUOUS);
      }
    }
  }

  /** Returns whether a shape is one of those declared; without axes the rank may be unknown. */
  boolean admits(Shape shape) {
    boolean isAdmitted = axes.isEmpty() || axes.size() == shape.rank();
    for (int axis = 0; isAdmitted && axis < axes.size(); axis++) {
      long size = axes.get(axis).size();
      isAdmitted = size < 0 || size == shape.dimension(axis);
    }
    return isAdmitted;
  }

  /** Returns the shape with every name replaced by its size, where all sizes are known. */
  Optional<Shape> resolve(Map<String, Long> sizes) {
    long[] dimensions = new long[axes.size()];
    for (int i = 0; i < dimensions.length; i++) {
      Axis axis = axes.get(i);
      dimensions[i] = axis.size() >= 0 ? axis.size() : sizes.getOrDefault(axis.name(), AMBIGUOUS);
      if (dimensions[i] < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(Shape.of(dimensions));
  }

  /**
   * One dimension.
   *
   * @param size its size, negative where it is free
   * @param name its name, empty where it has none
   */
  record Axis(long size, String name) {}
}
