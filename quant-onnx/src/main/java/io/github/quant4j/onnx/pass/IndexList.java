/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The whole numbers of a small tensor: axes, sizes, positions. */
final class IndexList {
  /** More than any rank, and more than an index tensor of a weight should hold. */
  private static final int LARGEST = 1 << 20;

  private IndexList() {}

  /** Returns the elements in row-major order, empty for other types than int32 and int64. */
  static Optional<List<Long>> of(Tensor tensor) {
    if (tensor.shape().elementCount() > LARGEST) {
      return Optional.empty();
    }
    List<Long> indices = new ArrayList<>();
    switch (tensor.elementType()) {
      case INT64 -> {
        for (LongBuffer values = tensor.longs(); values.hasRemaining(); ) {
          indices.add(values.get());
        }
      }
      case INT32 -> {
        for (IntBuffer values = tensor.ints(); values.hasRemaining(); ) {
          indices.add((long) values.get());
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(Collections.unmodifiableList(indices));
  }
}
