/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * The dimensions of a tensor, all known.
 *
 * <p>Rank 0 is a scalar with one element; a dimension of 0 makes a tensor without elements.
 * Immutable and thread-safe.
 */
public final class Shape {

  private final long[] dimensions;
  private final long elementCount;

  private Shape(long[] dimensions) {
    this.dimensions = dimensions;
    this.elementCount = product(dimensions);
  }

  /**
   * Returns a shape.
   *
   * @param dimensions the size of every axis, outermost first; none for a scalar; copied
   * @return the shape
   * @throws IllegalArgumentException if a dimension is negative or the number of elements does not
   *     fit a {@code long}
   */
  public static Shape of(long... dimensions) {
    return new Shape(dimensions.clone());
  }

  /**
   * Returns the number of axes.
   *
   * @return the rank, from 0
   */
  public int rank() {
    return dimensions.length;
  }

  /**
   * Returns the size of one axis.
   *
   * @param axis from 0 to rank - 1, or from -rank to -1 to count from the last axis
   * @return the size, from 0
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  public long dimension(int axis) {
    int index = axis < 0 ? axis + dimensions.length : axis;
    return dimensions[Objects.checkIndex(index, dimensions.length)];
  }

  /**
   * Returns the number of elements, the product of all dimensions.
   *
   * @return the product; 1 for a scalar
   */
  public long elementCount() {
    return elementCount;
  }

  /**
   * Returns the dimensions.
   *
   * @return a new array, outermost axis first
   */
  public long[] toArray() {
    return dimensions.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /**
   * Returns the dimensions as text.
   *
   * @return e.g. {@code [1, 3, 32, 32]}, {@code []} for a scalar
   */
  @Override
  public String toString() {
    return Arrays.toString(dimensions);
  }

  private static long product(long[] dimensions) {
    boolean isEmpty = false;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "dimensions are " + Arrays.toString(dimensions) + ", expected none below 0");
      }
      isEmpty |= dimension == 0;
    }
    if (isEmpty) {
      return 0;
    }
    long product = 1;
    for (long dimension : dimensions) {
      if (product > Long.MAX_VALUE / dimension) {
        throw new IllegalArgumentException(
            "dimensions are "
                + Arrays.toString(dimensions)
                + ", expected at most 2^63 - 1 elements in all");
      }
      product *= dimension;
    }
    return product;
  }
}
