/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;

/** The integer types that codes of a repairable model have. */
final class CodeTypes {
  private static final int LARGEST_BYTE = 255;

  private CodeTypes() {}

  /** Tells whether codes of a type are int8 or can become int8. */
  static boolean isByte(ElementType type) {
    return type == ElementType.INT8 || type == ElementType.UINT8;
  }

  /** Tells whether codes are of eight bits, or int32 as those of biases. */
  static boolean isKnown(ElementType type) {
    return isByte(type) || type == ElementType.INT32;
  }

  /** Returns the lowest code of a known type. */
  static int lowest(ElementType type) {
    return switch (type) {
      case INT32 -> Integer.MIN_VALUE;
      case UINT8 -> 0;
      default -> Byte.MIN_VALUE;
    };
  }

  /** Returns the highest code of a known type. */
  static int highest(ElementType type) {
    return type == ElementType.INT32 ? Integer.MAX_VALUE : lowest(type) + LARGEST_BYTE;
  }
}
