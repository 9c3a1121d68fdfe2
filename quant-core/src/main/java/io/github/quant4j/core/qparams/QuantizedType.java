/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import io.github.quant4j.core.tensor.ElementType;

/**
 * The integer types of codes.
 *
 * <p>A type of {@code n} bits holds {@code [-2^(n-1), 2^(n-1) - 1]} when signed and {@code [0, 2^n
 * - 1]} when not. Immutable and thread-safe.
 *
 * <p>Source: the types of QuantizeLinear and DequantizeLinear of ONNX, opset 21; int32 is the type
 * of biases, which only DequantizeLinear takes.
 */
public enum QuantizedType {
  /** Signed 4-bit codes, [-8, 7]. */
  INT4(4, true, ElementType.INT4),
  /** Unsigned 4-bit codes, [0, 15]. */
  UINT4(4, false, ElementType.UINT4),
  /** Signed 8-bit codes, [-128, 127]. */
  INT8(8, true, ElementType.INT8),
  /** Unsigned 8-bit codes, [0, 255]. */
  UINT8(8, false, ElementType.UINT8),
  /** Signed 16-bit codes, [-32768, 32767]. */
  INT16(16, true, ElementType.INT16),
  /** Unsigned 16-bit codes, [0, 65535]. */
  UINT16(16, false, ElementType.UINT16),
  /** Signed 32-bit codes, [-2147483648, 2147483647]. */
  INT32(32, true, ElementType.INT32);

  private final int bits;
  private final boolean isSigned;
  private final ElementType elementType;

  QuantizedType(int bits, boolean isSigned, ElementType elementType) {
    this.bits = bits;
    this.isSigned = isSigned;
    this.elementType = elementType;
  }

  /**
   * Returns the size of one code.
   *
   * @return 4, 8, 16 or 32 bits
   */
  public int bits() {
    return bits;
  }

  /**
   * Returns whether codes may be negative.
   *
   * @return true for the signed types
   */
  public boolean isSigned() {
    return isSigned;
  }

  /**
   * Returns the smallest code.
   *
   * @return {@code -2^(bits-1)}, or 0 for the unsigned types
   */
  public int minimum() {
    return isSigned ? -1 << (bits - 1) : 0;
  }

  /**
   * Returns the largest code.
   *
   * @return {@code 2^(bits-1) - 1}, or {@code 2^bits - 1} for the unsigned types
   */
  public int maximum() {
    return isSigned ? ~minimum() : (1 << bits) - 1;
  }

  /**
   * Returns the type of a tensor of such codes.
   *
   * @return the element type of the same name
   */
  public ElementType elementType() {
    return elementType;
  }
}
