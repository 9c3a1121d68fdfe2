/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Shapes of operators that fold axes into one number. Source: ONNX operators ReduceSum (opset 13)
 * and its kin (axes as an attribute before opset 18), ArgMax (opset 13), GlobalAveragePool.
 */
final class ReductionShapes {
  static final Set<String> OPERATORS =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare");

  private ReductionShapes() {}

  static Optional<List<Size>> reduce(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    boolean isKept = call.node().integer("keepdims", 1) != 0;
    boolean isListed = !call.isLeftOut("axes", 1);
    Optional<List<Integer>> axes =
        isListed
            ? call.numbers("axes", 1).flatMap(list -> Call.axes(list, rank))
            : Optional.of(List.of());
    if (axes.isEmpty()) {
      return isKept ? Optional.of(Call.unknown(rank)) : Optional.empty();
    }
    if (!axes.get().isEmpty()) {
      return Optional.of(without(input.get(), axes.get(), isKept));
    }
    return call.node().integer("noop_with_empty_axes", 0) != 0
        ? input
        : Optional.of(without(input.get(), IntStream.range(0, rank).boxed().toList(), isKept));
  }

  static Optional<List<Size>> argument(Call call) {
    return call.sizes(0)
        .flatMap(
            sizes ->
                Call.axes(List.of(call.node().integer("axis", 0)), sizes.size())
                    .map(axes -> without(sizes, axes, call.node().integer("keepdims", 1) != 0)));
  }

  private static List<Size> without(List<Size> sizes, List<Integer> axes, boolean isKept) {
    List<Size> result = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      if (!axes.contains(axis)) {
        result.add(sizes.get(axis));
      } else if (isKept) {
        result.add(Size.ONE);
      }
    }
    return result;
  }

  static Optional<List<Size>> globalPool(Call call) {
    return call.sizes(0, 2)
        .map(sizes -> without(sizes, IntStream.range(2, sizes.size()).boxed().toList(), true));
  }
}
