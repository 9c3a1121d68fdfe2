/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Add, Sub, Mul and Div of two constants of one type, broadcast to one another; float32 in float32
 * arithmetic, whole numbers modulo 2^32 or 2^64. Source: the ONNX operators named, opset 14.
 */
enum BroadcastArithmetic {
  ADD,
  SUB,
  MUL,
  DIV;

  /**
   * Returns the result; empty for other types than float32, int32 and int64, operands that do not
   * broadcast, and quotients of whole numbers that are not defined or might not be (by 0 and -1).
   */
  Optional<ConstantResult> of(Tensor a, Tensor b) {
    ElementType type = a.elementType();
    boolean isKnown =
        type == ElementType.FLOAT || type == ElementType.INT32 || type == ElementType.INT64;
    if (!isKnown || b.elementType() != type || (this == DIV && !isDivisor(b))) {
      return Optional.empty();
    }
    return broadcast(a.shape(), b.shape())
        .map(shape -> new ConstantResult(type, shape, () -> compute(a, b, shape)));
  }

  private static boolean isDivisor(Tensor b) {
    return b.elementType() == ElementType.FLOAT
        || IndexList.of(b)
            .filter(divisors -> divisors.stream().noneMatch(d -> d == 0 || d == -1))
            .isPresent();
  }

  /** Returns the shape two shapes broadcast to, empty where they do not. */
  static Optional<Shape> broadcast(Shape a, Shape b) {
    long[] result = new long[Math.max(a.rank(), b.rank())];
    for (int fromEnd = 1; fromEnd <= result.length; fromEnd++) {
      long left = fromEnd <= a.rank() ? a.dimension(-fromEnd) : 1;
      long right = fromEnd <= b.rank() ? b.dimension(-fromEnd) : 1;
      if (left != right && left != 1 && right != 1) {
        return Optional.empty();
      }
      result[result.length - fromEnd] = left == 1 ? right : left;
    }
    return ReshapedConstants.shape(result);
  }

  private Tensor compute(Tensor a, Tensor b, Shape shape) {
    ByteBuffer bytes = StridedRows.allocate(a.elementType(), shape);
    List<long[]> strides =
        List.of(StridedRows.broadcast(a.shape(), shape), StridedRows.broadcast(b.shape(), shape));
    int stepA = StridedRows.inner(strides.get(0));
    int stepB = StridedRows.inner(strides.get(1));
    StridedRows rows = StridedRows.of(shape);
    int length = rows.rowLength();
    StridedRows.Visitor visitor =
        switch (a.elementType()) {
          case FLOAT -> {
            FloatBuffer x = a.floats();
            FloatBuffer y = b.floats();
            FloatBuffer z = bytes.asFloatBuffer();
            yield (row, i, j) -> {
              for (int k = 0; k < length; k++) {
                z.put(row + k, apply(x.get(i + k * stepA), y.get(j + k * stepB)));
              }
            };
          }
          case INT32 -> {
            IntBuffer x = a.ints();
            IntBuffer y = b.ints();
            IntBuffer z = bytes.asIntBuffer();
            yield (row, i, j) -> {
              for (int k = 0; k < length; k++) {
                z.put(row + k, (int) apply((long) x.get(i + k * stepA), y.get(j + k * stepB)));
              }
            };
          }
          default -> {
            LongBuffer x = a.longs();
            LongBuffer y = b.longs();
            LongBuffer z = bytes.asLongBuffer();
            yield (row, i, j) -> {
              for (int k = 0; k < length; k++) {
                z.put(row + k, apply(x.get(i + k * stepA), y.get(j + k * stepB)));
              }
            };
          }
        };
    rows.forEach(0, strides.get(0), 0, strides.get(1), visitor);
    return Tensor.of(a.elementType(), shape, bytes);
  }

  private float apply(float a, float b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }

  private long apply(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }
}
