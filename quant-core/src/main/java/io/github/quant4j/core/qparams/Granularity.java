/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.tensor.Shape;
import java.util.OptionalInt;

/**
 * Which elements of a tensor share a scale. Immutable and thread-safe; compared by value.
 *
 * <p>Source: QuantizeLinear of ONNX, opset 21: per tensor, per axis and blocked.
 */
public sealed interface Granularity {

  /**
   * Returns the granularity of one scale for all elements.
   *
   * @return per tensor
   */
  static Granularity perTensor() {
    return new PerTensor();
  }

  /**
   * Returns the granularity of one scale for every index on one axis.
   *
   * @param axis the axis of the channels, from 0
   * @return per axis
   * @throws IllegalArgumentException if the axis is negative
   */
  static Granularity perAxis(int axis) {
    return new PerAxis(axis);
  }

  /**
   * Returns the granularity of one scale for every run of indices on one axis.
   *
   * @param axis the axis that is cut into blocks, from 0
   * @param blockSize how many neighbours on the axis share a scale, from 1; the last block may be
   *     shorter
   * @return per block
   * @throws IllegalArgumentException if the axis is negative or the size below 1
   */
  static Granularity perBlock(int axis, int blockSize) {
    return new PerBlock(axis, blockSize);
  }

  /**
   * Returns the shape of the scales of a tensor, in row-major order.
   *
   * @param shape the dimensions of the tensor
   * @return {@code []} per tensor; the number of channels per axis; the shape with the axis divided
   *     by the block size, rounded up, per block
   * @throws IllegalArgumentException if the shape has not the axis
   */
  Shape scaleShape(Shape shape);

  /**
   * Returns the axis of the channels or blocks.
   *
   * @return the axis, or empty per tensor
   */
  default OptionalInt onAxis() {
    return OptionalInt.empty();
  }

  /** One scale for all elements. */
  record PerTensor() implements Granularity {

    /**
     * Returns the granularity as text.
     *
     * @return {@code per tensor}
     */
    @Override
    public String toString() {
      return "per tensor";
    }

    @Override
    public Shape scaleShape(Shape shape) {
      return Shape.of();
    }
  }

  /**
   * One scale for every index on one axis.
   *
   * @param axis the axis of the channels, from 0
   */
  record PerAxis(int axis) implements Granularity {

    /**
     * Checks the axis.
     *
     * @param axis the axis of the channels
     * @throws IllegalArgumentException if the axis is negative
     */
    public PerAxis {
      requireAxis(axis);
    }

    @Override
    public Shape scaleShape(Shape shape) {
      requireRank(axis, shape);
      return Shape.of(shape.dimension(axis));
    }

    @Override
    public OptionalInt onAxis() {
      return OptionalInt.of(axis);
    }

    /**
     * Returns the granularity as text.
     *
     * @return e.g. {@code on axis 0}
     */
    @Override
    public String toString() {
      return "on axis " + axis;
    }
  }

  /**
   * One scale for every run of indices on one axis, apart for every index on all other axes.
   *
   * @param axis the axis that is cut into blocks, from 0
   * @param blockSize how many neighbours on the axis share a scale, from 1
   */
  record PerBlock(int axis, int blockSize) implements Granularity {

    /**
     * Checks axis and size.
     *
     * @param axis the axis that is cut into blocks
     * @param blockSize how many neighbours on the axis share a scale
     * @throws IllegalArgumentException if the axis is negative or the size below 1
     */
    public PerBlock {
      requireAxis(axis);
      if (blockSize < 1) {
        throw new IllegalArgumentException("blockSize is " + blockSize + ", expected 1 or more");
      }
    }

    @Override
    public Shape scaleShape(Shape shape) {
      requireRank(axis, shape);
      long[] dimensions = shape.toArray();
      dimensions[axis] = dimensions[axis] / blockSize + (dimensions[axis] % blockSize == 0 ? 0 : 1);
      return Shape.of(dimensions);
    }

    @Override
    public OptionalInt onAxis() {
      return OptionalInt.of(axis);
    }

    /**
     * Returns the granularity as text.
     *
     * @return e.g. {@code on axis 0 in blocks of 32}
     */
    @Override
    public String toString() {
      return "on axis " + axis + " in blocks of " + blockSize;
    }
  }

  private static void requireAxis(int axis) {
    if (axis < 0) {
      throw new IllegalArgumentException("axis is " + axis + ", expected 0 or more");
    }
  }

  private static void requireRank(int axis, Shape shape) {
    if (axis >= shape.rank()) {
      throw new IllegalArgumentException(
          "shape is %s, expected more than %s axes for axis %s".formatted(shape, axis, axis));
    }
  }
}
