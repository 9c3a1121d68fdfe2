/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Operators that map a constant element by element: Cast, Sqrt and Neg.
 *
 * <p>Cast goes to float32 from float16, bfloat16, float64 and whole numbers (int8, uint8, int32,
 * int64), rounding half to even; between whole numbers, keeping the low bits; and from float32 and
 * float64 to whole numbers, towards zero, where all of them fit, since beyond that the result is
 * the machine's. Source: the ONNX operators named, opset 13.
 */
final class ElementwiseConstants {
  private ElementwiseConstants() {}

  static Optional<ConstantResult> cast(Tensor data, long onnxCode) {
    Optional<ElementType> target = ElementType.ofOnnxCode((int) onnxCode);
    if (target.isEmpty() || target.get() == data.elementType()) {
      return target.map(same -> ConstantResult.of(data));
    }
    return switch (target.get()) {
      case FLOAT ->
          isWhole(data.elementType()) || isReal(data.elementType())
              ? mapped(data, target.get(), Kernel.TO_FLOAT)
              : Optional.empty();
      case INT64 -> whole(data, target.get(), -0x1p63, 0x1p63, Kernel.TO_INT64);
      case INT32 -> whole(data, target.get(), -0x1p31, 0x1p31, Kernel.TO_INT32);
      case INT8 -> whole(data, target.get(), Byte.MIN_VALUE - 1, 0x1p7, Kernel.TO_BYTE);
      case UINT8 -> whole(data, target.get(), -1, 0x1p8, Kernel.TO_BYTE);
      default -> Optional.empty();
    };
  }

  private static boolean isWhole(ElementType type) {
    return switch (type) {
      case INT8, UINT8, INT32, INT64 -> true;
      default -> false;
    };
  }

  private static boolean isReal(ElementType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16, FLOAT, DOUBLE -> true;
      default -> false;
    };
  }

  private static Optional<ConstantResult> whole(
      Tensor data, ElementType target, double lower, double upper, Kernel kernel) {
    boolean isExact =
        switch (data.elementType()) {
          case FLOAT, DOUBLE -> areBetween(data, lower, upper);
          default -> isWhole(data.elementType());
        };
    return isExact ? mapped(data, target, kernel) : Optional.empty();
  }

  private static boolean areBetween(Tensor data, double lower, double upper) {
    ByteBuffer bytes = data.bytes();
    int count = (int) data.shape().elementCount();
    for (int i = 0; i < count; i++) {
      double value = real(data.elementType(), bytes, i);
      if (!(value > lower && value < upper)) {
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
        to.putFloat(isWhole(type) ? (float) whole(type, from, i) : (float) real(type, from, i));
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
    TO_BYTE {
      @Override
      void put(ElementType type, ByteBuffer from, int i, ByteBuffer to) {
        to.put((byte) whole(type, from, i));
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
      case INT8 -> from.get(i);
      case UINT8 -> Byte.toUnsignedInt(from.get(i));
      case INT32 -> from.getInt(i * Integer.BYTES);
      case INT64 -> from.getLong(i * Long.BYTES);
      default -> (long) real(type, from, i);
    };
  }

  private static double real(ElementType type, ByteBuffer from, int i) {
    return switch (type) {
      case FLOAT16 -> Float16.toFloat(from.getShort(i * Short.BYTES));
      case BFLOAT16 -> Float.intBitsToFloat(from.getShort(i * Short.BYTES) << Short.SIZE);
      case FLOAT -> from.getFloat(i * Float.BYTES);
      default -> from.getDouble(i * Double.BYTES);
    };
  }
}
