/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Operators that map a constant element by element: Cast, Sqrt and Neg.
 *
 * <p>Cast goes to float32 from float16, bfloat16, float64, int32 and int64, rounding half to even;
 * between int32 and int64, keeping the low bits; and from float32 and float64 to whole numbers,
 * towards zero, where all of them fit, since beyond that the result is the machine's. Source: the
 * ONNX operators named, opset 13.
 */
final class ElementwiseConstants {
  private static final double TWO_POW_31 = 0x1p31;
  private static final double TWO_POW_63 = 0x1p63;

  private ElementwiseConstants() {}

  static Optional<ConstantResult> cast(Tensor data, long onnxCode) {
    Optional<ElementType> target = ElementType.ofOnnxCode((int) onnxCode);
    if (target.isEmpty() || target.get() == data.elementType()) {
      return target.map(same -> ConstantResult.of(data));
    }
    return switch (target.get()) {
      case FLOAT -> isNumber(data) ? mapped(data, target.get(), Kernel.TO_FLOAT) : Optional.empty();
      case INT64 -> whole(data, target.get(), TWO_POW_63, Kernel.TO_INT64);
      case INT32 -> whole(data, target.get(), TWO_POW_31, Kernel.TO_INT32);
      default -> Optional.empty();
    };
  }

  private static boolean isNumber(Tensor data) {
    return switch (data.elementType()) {
      case FLOAT16, BFLOAT16, FLOAT, DOUBLE, INT32, INT64 -> true;
      default -> false;
    };
  }

  private static Optional<ConstantResult> whole(
      Tensor data, ElementType target, double limit, Kernel kernel) {
    boolean isExact =
        switch (data.elementType()) {
          case INT32, INT64 -> true;
          case FLOAT, DOUBLE -> areBelow(data, limit);
          default -> false;
        };
    return isExact ? mapped(data, target, kernel) : Optional.empty();
  }

  private static boolean areBelow(Tensor data, double limit) {
    ByteBuffer bytes = data.bytes();
    int count = (int) data.shape().elementCount();
    for (int i = 0; i < count; i++) {
      double value = real(data.elementType(), bytes, i);
      if (!(Math.abs(value) < limit)) {
        return false;
      }
    }
    return true;
  }

  static Optional<ConstantResult> sqrt(Tensor data) {
    return data.elementType() == ElementType.FLOAT
        ? mapped(data, ElementType.FLOAT, Kernel.SQRT)
        : Optional.empty();
  }

  static Optional<ConstantResult> negate(Tensor data) {
    return switch (data.elementType()) {
      case FLOAT, INT32, INT64 -> mapped(data, data.elementType(), Kernel.NEGATE);
      default -> Optional.empty();
    };
  }

  private static Optional<ConstantResult> mapped(Tensor data, ElementType target, Kernel kernel) {
    return Optional.of(
        new ConstantResult(
            target,
            data.shape(),
            () -> {
              ByteBuffer from = data.bytes();
              ByteBuffer to = StridedRows.allocate(target, data.shape());
              int count = (int) data.shape().elementCount();
              for (int i = 0; i < count; i++) {
                kernel.put(data.elementType(), from, i, to);
              }
              return Tensor.of(target, data.shape(), to.flip());
            }));
  }

  /** What is done with one element. */
  private enum Kernel {
    TO_FLOAT {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        boolean isWhole = type == ElementType.INT32 || type == ElementType.INT64;
        to.putFloat(isWhole ? (float) whole(type, from, i) : (float) real(type, from, i));
      }
    },
    TO_INT64 {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        to.putLong(whole(type, from, i));
      }
    },
    TO_INT32 {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        to.putInt((int) whole(type, from, i));
      }
    },
    SQRT {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        // The root in float64 rounds to the float32 nearest to the true root.
        to.putFloat((float) Math.sqrt(real(type, from, i)));
      }
    },
    NEGATE {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        switch (type) {
          case FLOAT -> to.putFloat(-from.getFloat(i * Float.BYTES));
          case INT32 -> to.putInt(-from.getInt(i * Integer.BYTES));
          default -> to.putLong(-from.getLong(i * Long.BYTES));
        }
      }
    };

    abstract void put(ElementType type, ByteBuffer from, int i, ByteBuffer to);
  }

  private static long whole(ElementType type, ByteBuffer from, int i) {
    return switch (type) {
      case INT32 -> from.getInt(i * Integer.BYTES);
      case INT64 -> from.getLong(i * Long.BYTES);
      default -> (long) real(type, from, i);
    };
  }

  private static double real(ElementType type, ByteBuffer from, int i) {
    return switch (type) {
      case FLOAT16 -> HalfFloat.toFloat(from.getShort(i * Short.BYTES));
      case BFLOAT16 -> Float.intBitsToFloat(from.getShort(i * Short.BYTES) << Short.SIZE);
      case FLOAT -> from.getFloat(i * Float.BYTES);
      default -> from.getDouble(i * Double.BYTES);
    };
  }
}
