/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;

/**
 * What an ONNX tensor in a file of its own says of itself. Immutable and thread-safe.
 *
 * @param name the name of the tensor, empty when it has none
 * @param elementType the type of the elements, not string
 * @param shape the dimensions; the bytes of the elements fit a buffer
 * @param field where the elements are
 */
record TensorHeader(String name, ElementType elementType, Shape shape, ElementField field) {

  /** Returns the number of bytes of all elements; packed elements fill up the last byte. */
  int byteCount() {
    return (int) ((shape.elementCount() * elementType.bitWidth() + Byte.SIZE - 1) / Byte.SIZE);
  }

  @Override
  public String toString() {
    return elementType.toString() + shape;
  }
}
