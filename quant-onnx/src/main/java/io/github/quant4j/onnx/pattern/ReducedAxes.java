/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The axes of a ReduceMean: an attribute, or a constant input since operator set 18. */
public final class ReducedAxes {
  private ReducedAxes() {}

  /** Returns the axes as written, empty when they are left out or computed. */
  static Optional<List<Long>> of(Node mean) {
    return mean.integers("axes")
        .or(
            () ->
                mean.input(1)
                    .flatMap(Value::constant)
                    .filter(tensor -> tensor.elementType() == ElementType.INT64)
                    .map(ReducedAxes::longs));
  }

  /**
   * Tells whether they are height and width of [N, C, H, W].
   *
   * @param mean a ReduceMean over a tensor of four dimensions
   * @return true for axes 2 and 3 in any order, counted from either end
   */
  public static boolean areSpatial(Node mean) {
    return of(mean)
        .map(axes -> axes.stream().map(axis -> axis < 0 ? axis + 4 : axis).sorted().toList())
        .filter(List.of(2L, 3L)::equals)
        .isPresent();
  }

  private static List<Long> longs(Tensor tensor) {
    List<Long> longs = new ArrayList<>();
    for (int i = 0; i < tensor.longs().remaining(); i++) {
      longs.add(tensor.longs().get(i));
    }
    return longs;
  }
}
