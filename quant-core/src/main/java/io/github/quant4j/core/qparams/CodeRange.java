/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

/** Which codes of a type are used. */
public enum CodeRange {
  /** All codes, e.g. [-128, 127] of int8 and [0, 255] of uint8. */
  FULL {
    @Override
    CodeLimits limits(QuantizedType type) {
      return new CodeLimits(type.minimum(), type.maximum());
    }
  },
  /**
   * Codes symmetric about 0, e.g. [-127, 127] of int8: the lowest code of a signed type is left
   * out. Unsigned types keep all codes. This is the range of weights in TensorRT and ONNX Runtime.
   */
  NARROW {
    @Override
    CodeLimits limits(QuantizedType type) {
      return new CodeLimits(type.isSigned() ? -type.maximum() : 0, type.maximum());
    }
  },
  /**
   * One bit less, e.g. [-64, 63] of int8 and [0, 127] of uint8, for integer units whose 16-bit sums
   * of products would overflow otherwise.
   */
  REDUCED {
    @Override
    CodeLimits limits(QuantizedType type) {
      return new CodeLimits(type.minimum() / 2, type.maximum() / 2);
    }
  };

  /** Returns the codes of a type that are used. */
  abstract CodeLimits limits(QuantizedType type);
}
