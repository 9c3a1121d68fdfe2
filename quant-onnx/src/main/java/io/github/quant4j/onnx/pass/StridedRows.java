/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over a tensor row by row, a row being what lies along its last axis, and says for each row
 * where it begins in tensors that are read with strides of their own.
 *
 * <p>A stride is the distance, in elements, between neighbours along an axis: 0 along an axis that
 * is broadcast. A scalar is one row of one element.
 */
final class StridedRows {
  private final long[] dimensions;
  private final int rowLength;

  private StridedRows(long[] dimensions) {
    this.dimensions = dimensions;
    this.rowLength = dimensions.length == 0 ? 1 : (int) dimensions[dimensions.length - 1];
  }

  /** Returns the rows of a shape of at most 2^31 - 1 elements. */
  static StridedRows of(Shape shape) {
    return new StridedRows(shape.toArray());
  }

  /** What is done with a row. */
  @FunctionalInterface
  interface Visitor {
    /** Takes the positions of the first elements: in row-major order, and in the two tensors. */
    void row(int first, int firstA, int firstB);
  }

  int rowLength() {
    return rowLength;
  }

  /** Returns the stride along the last axis, 0 for a scalar. */
  static int inner(long[] strides) {
    return strides.length == 0 ? 0 : (int) strides[strides.length - 1];
  }

  /** Returns the strides of a row-major tensor. */
  static long[] contiguous(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.dimension(axis));
    }
    return strides;
  }

  /** Returns the strides with which a tensor is read where it is broadcast to another shape. */
  static long[] broadcast(Shape from, Shape to) {
    long[] own = contiguous(from);
    long[] strides = new long[to.rank()];
    int added = to.rank() - from.rank();
    for (int axis = 0; axis < own.length; axis++) {
      strides[added + axis] = from.dimension(axis) == 1 ? 0 : own[axis];
    }
    return strides;
  }

  /** Visits all rows in order. */
  void forEach(long firstA, long[] stridesA, long firstB, long[] stridesB, Visitor visitor) {
    int outer = Math.max(0, dimensions.length - 1);
    long count = 1;
    for (int axis = 0; axis < outer; axis++) {
      count *= dimensions[axis];
    }
    long[] index = new long[outer];
    long a = firstA;
    long b = firstB;
    for (long row = 0; row < count && rowLength > 0; row++) {
      visitor.row((int) (row * rowLength), (int) a, (int) b);
      for (int axis = outer - 1; axis >= 0; axis--) {
        a += stridesA[axis];
        b += stridesB[axis];
        if (++index[axis] < dimensions[axis]) {
          break;
        }
        a -= stridesA[axis] * dimensions[axis];
        b -= stridesB[axis] * dimensions[axis];
        index[axis] = 0;
      }
    }
  }

  /** Returns room for the elements of a shape. */
  static ByteBuffer allocate(ElementType type, Shape shape) {
    int elementBytes = type.bitWidth() / Byte.SIZE;
    int count = Math.toIntExact(shape.elementCount());
    return ByteBuffer.allocate(Math.multiplyExact(count, elementBytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
