/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelFormatException;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * What an initializer holds.
 *
 * @param elementType the name of the element type, {@code other} for text and damaged tensors
 * @param bytes the size of its elements, 0 for {@code other}
 */
record InitializerSize(String elementType, long bytes) {
  static InitializerSize of(Value initializer) {
    try {
      Optional<Tensor> tensor = initializer.constant();
      return tensor
          .map(held -> new InitializerSize(held.elementType().toString(), held.bytes().remaining()))
          .orElseThrow(() -> new IllegalArgumentException("no initializer: " + initializer));
    } catch (ModelFormatException e) {
      return new InitializerSize("other", 0);
    }
  }

  boolean isOf(ElementType type) {
    return elementType.equals(type.toString());
  }
}
