/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.Granularity;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;

/**
 * Walks the elements of a row-major tensor in runs that need no change of loop.
 *
 * <p>With the tensor seen as {@code [outer, axis, inner]}, the elements of a run share one scale
 * where neighbours do, or else have scales that are neighbours too: channels on the last axis, and
 * blocks on any other axis. Not thread-safe.
 */
final class ScaleRuns {

  private final int axisLength;
  private final int innerLength;
  private final int blockSize;
  private final int outerScales;
  private final boolean isPerElement;
  private int at;
  private int firstScale;

  private ScaleRuns(Granularity granularity, Shape shape) {
    int axis = granularity.onAxis().orElse(-1);
    this.axisLength = axis < 0 ? 1 : product(shape, axis, axis + 1);
    this.innerLength = product(shape, axis + 1, shape.rank());
    if (granularity instanceof Granularity.PerBlock block) {
      this.blockSize = block.blockSize();
      this.outerScales = axisLength / blockSize + (axisLength % blockSize == 0 ? 0 : 1);
      this.isPerElement = innerLength > 1;
    } else {
      this.blockSize = 1;
      this.outerScales = 0;
      this.isPerElement = innerLength == 1;
    }
  }

  /** Returns the runs of a tensor of at most 2^31 - 1 elements. */
  static ScaleRuns of(QuantizationParameters parameters, Shape shape) {
    Shape scales = parameters.granularity().scaleShape(shape);
    if (scales.elementCount() != parameters.count()) {
      throw new IllegalArgumentException(
          "shape is %s, expected one with %s".formatted(shape, parameters));
    }
    return new ScaleRuns(parameters.granularity(), shape);
  }

  /** Takes at most {@code limit} elements of the current run and returns how many. */
  int take(int limit) {
    int inner = at % innerLength;
    int row = at / innerLength;
    int index = row % axisLength;
    int block = row / axisLength * outerScales + index / blockSize;
    int left = innerLength - inner;
    firstScale = block;
    if (isPerElement && innerLength > 1) {
      firstScale = block * innerLength + inner;
    } else if (innerLength == 1) {
      left = axisLength - index;
      left = isPerElement ? left : Math.min(left, blockSize - index % blockSize);
    }
    int taken = Math.min(left, limit);
    at += taken;
    return taken;
  }

  /** Returns the scale of the first element taken last. */
  int firstScale() {
    return firstScale;
  }

  /** Returns whether every further element of a run has the next scale, instead of the same. */
  boolean isPerElement() {
    return isPerElement;
  }

  private static int product(Shape shape, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to && shape.elementCount() > 0; axis++) {
      product *= shape.dimension(axis);
    }
    return Math.toIntExact(product);
  }
}
