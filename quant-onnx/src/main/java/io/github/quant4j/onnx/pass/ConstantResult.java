/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.function.Supplier;

/**
 * The result of an operator on constants, of known type and shape, computed when it is asked for.
 *
 * @param elementType the element type
 * @param shape the shape
 * @param contents computes the tensor of that type and shape
 */
record ConstantResult(ElementType elementType, Shape shape, Supplier<Tensor> contents) {
  static ConstantResult of(Tensor tensor) {
    return new ConstantResult(tensor.elementType(), tensor.shape(), () -> tensor);
  }

  /** Returns the size of the result, at most {@code Long.MAX_VALUE}. */
  long byteSize() {
    long elementBytes = Math.max(1, elementType.bitWidth() / Byte.SIZE);
    return shape.elementCount() > Long.MAX_VALUE / elementBytes
        ? Long.MAX_VALUE
        : shape.elementCount() * elementBytes;
  }
}
