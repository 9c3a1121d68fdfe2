/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.jspecify.annotations.Nullable;

/** Translates dimensions. */
final class NativeDimensions {

  private NativeDimensions() {}

  /** Makes native dimensions, to be closed by the caller. */
  static Dims64 allocate(long... dimensions) {
    Dims64 made = new Dims64();
    made.nbDims(dimensions.length);
    for (int axis = 0; axis < dimensions.length; axis++) {
      made.d(axis, dimensions[axis]);
    }
    return made;
  }

  /**
   * Reads and frees dimensions that a call returned by value.
   *
   * @return the dimensions, -1 where they are not known; null where TensorRT has none
   */
  static long @Nullable [] take(Dims64 returned) {
    try (returned) {
      int rank = returned.nbDims();
      if (rank < 0) {
        return null;
      }
      long[] dimensions = new long[rank];
      for (int axis = 0; axis < rank; axis++) {
        dimensions[axis] = returned.d(axis);
      }
      return dimensions;
    }
  }

  /** Reads and frees dimensions, none for those that TensorRT does not have. */
  static List<Long> boxed(Dims64 returned) {
    long[] dimensions = take(returned);
    return dimensions == null ? List.of() : Arrays.stream(dimensions).boxed().toList();
  }
}
