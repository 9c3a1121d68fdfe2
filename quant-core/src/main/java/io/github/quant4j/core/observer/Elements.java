/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;

/** Checks of the arguments that all observers have in common. */
final class Elements {

  private Elements() {}

  /** Fails unless the buffer holds as many values as the shape has elements. */
  static void requireCount(FloatBuffer values, Shape shape) {
    if (values.remaining() != shape.elementCount()) {
      throw new IllegalArgumentException(
          "values has %s values remaining, expected %s for shape %s"
              .formatted(values.remaining(), shape.elementCount(), shape));
    }
  }

  /** Returns the axis unless it is negative. */
  static int requireAxis(int axis) {
    if (axis < 0) {
      throw new IllegalArgumentException("axis is " + axis + ", expected 0 or more");
    }
    return axis;
  }

  /** Fails unless a tensor has as many channels as those before it. */
  static void requireChannels(int axis, int channelCount, int expected) {
    if (channelCount != expected) {
      throw new IllegalArgumentException(
          "axis %s has %s channels, expected %s as seen before"
              .formatted(axis, channelCount, expected));
    }
  }
}
