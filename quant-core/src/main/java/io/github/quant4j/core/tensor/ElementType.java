/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import java.util.Locale;
import java.util.Optional;

/**
 * The element types of ONNX tensors, with the codes of {@code TensorProto.DataType} (ONNX 1.23).
 *
 * <p>Types narrower than a byte are packed, the first element in the low bits.
 */
public enum ElementType {
  /** IEEE 754 binary32. */
  FLOAT(1, 32),
  /** Unsigned 8-bit integer. */
  UINT8(2, 8),
  /** Signed 8-bit integer. */
  INT8(3, 8),
  /** Unsigned 16-bit integer. */
  UINT16(4, 16),
  /** Signed 16-bit integer. */
  INT16(5, 16),
  /** Signed 32-bit integer. */
  INT32(6, 32),
  /** Signed 64-bit integer. */
  INT64(7, 64),
  /** UTF-8 text of any length; has no bit width and cannot be held by a {@link Tensor}. */
  STRING(8, 0),
  /** One byte per element, 0 or 1. */
  BOOL(9, 8),
  /** IEEE 754 binary16. */
  FLOAT16(10, 16),
  /** IEEE 754 binary64. */
  DOUBLE(11, 64),
  /** Unsigned 32-bit integer. */
  UINT32(12, 32),
  /** Unsigned 64-bit integer. */
  UINT64(13, 64),
  /** Two binary32 values, real and imaginary part. */
  COMPLEX64(14, 64),
  /** Two binary64 values, real and imaginary part. */
  COMPLEX128(15, 128),
  /** The upper half of a binary32 value. */
  BFLOAT16(16, 16),
  /** 8-bit float, 4 exponent bits, no infinities. */
  FLOAT8E4M3FN(17, 8),
  /** 8-bit float, 4 exponent bits, no infinities, no negative zero. */
  FLOAT8E4M3FNUZ(18, 8),
  /** 8-bit float, 5 exponent bits. */
  FLOAT8E5M2(19, 8),
  /** 8-bit float, 5 exponent bits, no infinities, no negative zero. */
  FLOAT8E5M2FNUZ(20, 8),
  /** Unsigned 4-bit integer. */
  UINT4(21, 4),
  /** Signed 4-bit integer. */
  INT4(22, 4),
  /** 4-bit float, 2 exponent bits. */
  FLOAT4E2M1(23, 4),
  /** 8-bit power of two, the scale type of the OCP microscaling formats. */
  FLOAT8E8M0(24, 8),
  /** Unsigned 2-bit integer. */
  UINT2(25, 2),
  /** Signed 2-bit integer. */
  INT2(26, 2);

  private final int onnxCode;
  private final int bitWidth;

  ElementType(int onnxCode, int bitWidth) {
    this.onnxCode = onnxCode;
    this.bitWidth = bitWidth;
  }

  /**
   * Returns the type with a code of {@code TensorProto.DataType}.
   *
   * @param onnxCode the code, e.g. 1 for float
   * @return the type, or empty when ONNX 1.23 has no such code or the code is 0 (undefined)
   */
  public static Optional<ElementType> ofOnnxCode(int onnxCode) {
    for (ElementType type : values()) {
      if (type.onnxCode == onnxCode) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the code of {@code TensorProto.DataType}.
   *
   * @return the code, from 1
   */
  public int onnxCode() {
    return onnxCode;
  }

  /**
   * Returns the size of one element.
   *
   * @return bits per element, 0 for {@link #STRING}
   */
  public int bitWidth() {
    return bitWidth;
  }

  /**
   * Returns the name that ONNX uses inside {@code tensor(...)}.
   *
   * @return the lower-case name, e.g. {@code float} or {@code int8}
   */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
