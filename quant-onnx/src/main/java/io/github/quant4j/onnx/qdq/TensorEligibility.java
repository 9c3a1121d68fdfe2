/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;

/**
 * Which tensors never get a pair (invariant I11): those declared as another type than float32, and
 * those known to have fewer than {@value #SMALLEST_COUNT} elements, on which an extra kernel is all
 * cost. A tensor of unknown size may be large.
 */
final class TensorEligibility {
  static final long SMALLEST_COUNT = 8;

  private TensorEligibility() {}

  /** Returns why a tensor gets no pair, empty when it may have one. */
  static Optional<String> obstacle(Value tensor, ShapeInference shapes) {
    if (!tensor.type().mayBe(ElementType.FLOAT)) {
      return Optional.of("tensor \"%s\" is %s".formatted(tensor, tensor.type()));
    }
    return tooSmall(tensor, shapes);
  }

  /** Returns that a tensor has too few elements, empty when it has enough or nobody knows. */
  static Optional<String> tooSmall(Value tensor, ShapeInference shapes) {
    long count = shapes.dimensions(tensor).map(TensorEligibility::count).orElse(SMALLEST_COUNT);
    return count < SMALLEST_COUNT
        ? Optional.of("tensor \"%s\" has %s elements".formatted(tensor, count))
        : Optional.empty();
  }

  /** Returns the number of elements where it is known and small, else the smallest that counts. */
  private static long count(List<Dimension> dimensions) {
    long count = 1;
    for (Dimension dimension : dimensions) {
      if (!(dimension instanceof Dimension.Fixed fixed)) {
        return SMALLEST_COUNT;
      }
      count = Math.min(SMALLEST_COUNT, count * Math.min(SMALLEST_COUNT, fixed.size()));
    }
    return count;
  }
}
