/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * Another way to read the elements of a tensor: from another beginning, along other axes, with
 * other strides. Its contents are copied when they are asked for, in time of their size.
 */
final class StridedView {
  private final Tensor source;
  private final long first;
  private final Shape shape;
  private final long[] strides;

  /**
   * Creates a view.
   *
   * @param source the tensor
   * @param first the position of the first element read
   * @param shape the shape read
   * @param strides for every axis of that shape, the distance of neighbours in the source; kept
   */
  StridedView(Tensor source, long first, Shape shape, long[] strides) {
    this.source = source;
    this.first = first;
    this.shape = shape;
    this.strides = strides;
  }

  ConstantResult result() {
    return new ConstantResult(source.elementType(), shape, this::contents);
  }

  private Tensor contents() {
    ByteBuffer from = source.bytes();
    ByteBuffer to = StridedRows.allocate(source.elementType(), shape);
    int width = source.elementType().bitWidth() / Byte.SIZE;
    int stride = StridedRows.inner(strides);
    StridedRows rows = StridedRows.of(shape);
    rows.forEach(
        first,
        strides,
        0,
        new long[strides.length],
        (row, a, b) -> {
          for (int i = 0, position = a; i < rows.rowLength(); i++, position += stride) {
            put(from, position, to, width);
          }
        });
    return Tensor.of(source.elementType(), shape, to.flip());
  }

  private static void put(ByteBuffer from, int position, ByteBuffer to, int width) {
    switch (width) {
      case Byte.BYTES -> to.put(from.get(position));
      case Short.BYTES -> to.putShort(from.getShort(position * Short.BYTES));
      case Integer.BYTES -> to.putInt(from.getInt(position * Integer.BYTES));
      default -> to.putLong(from.getLong(position * Long.BYTES));
    }
  }
}
