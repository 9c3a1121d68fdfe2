/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.ElementType;

/**
 * Translates the numbers of TensorRT's data types. Numbers, because the enum objects that JavaCPP
 * returns are not the constants of the enum.
 */
final class ElementTypes {

  private ElementTypes() {}

  /**
   * The element type with a number of {@code nvinfer1::DataType}.
   *
   * @param tensor the tensor that has it, for the message
   * @throws TensorRtException if this library has no such element type
   */
  static ElementType of(String tensor, int dataType) {
    return switch (dataType) {
      case 0 -> ElementType.FLOAT;
      case 1 -> ElementType.FLOAT16;
      case 2 -> ElementType.INT8;
      case 3 -> ElementType.INT32;
      case 4 -> ElementType.BOOL;
      case 5 -> ElementType.UINT8;
      case 6 -> ElementType.FLOAT8E4M3FN;
      case 7 -> ElementType.BFLOAT16;
      case 8 -> ElementType.INT64;
      case 9 -> ElementType.INT4;
      case 10 -> ElementType.FLOAT4E2M1;
      case 11 -> ElementType.FLOAT8E8M0;
      default ->
          throw new TensorRtException(
              "tensor '%s' has TensorRT data type %s, expected one of 0 to 11"
                  .formatted(tensor, dataType));
    };
  }
}
