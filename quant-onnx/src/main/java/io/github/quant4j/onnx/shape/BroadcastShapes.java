/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shapes of operators that broadcast their inputs to one another, and of matrix products, which
 * broadcast all but the last two axes. Source: Broadcasting in ONNX; operators Gemm and MatMul
 * (opset 13), Expand (opset 13) and Tile (opset 13).
 */
final class BroadcastShapes {
  static final Set<String> OPERATORS =
      Set.of(
          "Add",
          "And",
          "BitShift",
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "Div",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Max",
          "Mean",
          "Min",
          "Mod",
          "Mul",
          "Or",
          "Pow",
          "Sub",
          "Sum",
          "Where",
          "Xor");

  private BroadcastShapes() {}

  static Optional<List<Size>> elementwise(Call call) {
    // Before opset 7 the second input was broadcast to the first by attributes.
    if (call.node().hasAttribute("broadcast")) {
      return call.sizes(0);
    }
    List<Size> result = List.of();
    for (Value input : call.node().inputs()) {
      Optional<List<Size>> sizes = call.sizes(input);
      if (sizes.isEmpty()) {
        return Optional.empty();
      }
      result = broadcast(result, sizes.get());
    }
    return Optional.of(result);
  }

  static Optional<List<Size>> gemm(Call call) {
    Size rows = matrixAxis(call, 0, call.node().integer("transA", 0) == 0 ? 0 : 1);
    Size columns = matrixAxis(call, 1, call.node().integer("transB", 0) == 0 ? 1 : 0);
    return Optional.of(List.of(rows, columns));
  }

  private static Size matrixAxis(Call call, int index, int axis) {
    return call.sizes(index)
        .filter(sizes -> sizes.size() == 2)
        .map(sizes -> sizes.get(axis))
        .orElse(Size.UNKNOWN);
  }

  /** Infers a product of matrices; a vector counts as one row or column, which is then dropped. */
  static Optional<List<Size>> matMul(Call call, int left, int right) {
    Optional<List<Size>> a = call.sizes(left, 1);
    Optional<List<Size>> b = call.sizes(right, 1);
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    int rankA = a.get().size();
    int rankB = b.get().size();
    List<Size> result =
        broadcast(
            a.get().subList(0, Math.max(0, rankA - 2)), b.get().subList(0, Math.max(0, rankB - 2)));
    if (rankA > 1) {
      result.add(a.get().get(rankA - 2));
    }
    if (rankB > 1) {
      result.add(b.get().get(rankB - 1));
    }
    return Optional.of(result);
  }

  static Optional<List<Size>> expand(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<List<Size>> target =
        call.elements(1).map(Elements::integers).or(() -> call.length(1).map(Call::unknown));
    return input.isPresent() && target.isPresent()
        ? Optional.of(broadcast(input.get(), target.get()))
        : Optional.empty();
  }

  static Optional<List<Size>> tile(Call call) {
    Optional<List<Size>> input = call.sizes(0);
    Optional<Elements> repeats = call.elements(1);
    if (input.isEmpty()
        || repeats.isEmpty()
        || repeats.get().count() != input.get().size()
        || !repeats.get().isVector()) {
      return input.map(sizes -> Call.unknown(sizes.size()));
    }
    List<Size> result = new ArrayList<>();
    for (int axis = 0; axis < input.get().size(); axis++) {
      result.add(input.get().get(axis).times(repeats.get().integer(axis)));
    }
    return Optional.of(result);
  }

  static List<Size> broadcast(List<Size> a, List<Size> b) {
    int rank = Math.max(a.size(), b.size());
    List<Size> result = new ArrayList<>(rank);
    for (int fromEnd = rank; fromEnd > 0; fromEnd--) {
      result.add(broadcast(size(a, fromEnd), size(b, fromEnd)));
    }
    return result;
  }

  private static Size size(List<Size> sizes, int fromEnd) {
    return fromEnd <= sizes.size() ? sizes.get(sizes.size() - fromEnd) : Size.ONE;
  }

  private static Size broadcast(Size a, Size b) {
    // A size next to the smaller of itself and a number: either it is the smaller, or they clash.
    if (a.equals(b) || b.isFixed(1) || b.isMinimumOf(a)) {
      return a;
    }
    if (a.isFixed(1) || a.isMinimumOf(b)) {
      return b;
    }
    // Where one side is a number other than 1, the other can only be that number or 1.
    if (a.fixed().isPresent()) {
      return a;
    }
    if (b.fixed().isPresent()) {
      return b;
    }
    return a.toString().compareTo(b.toString()) < 0
        ? Size.function("broadcast", a, b)
        : Size.function("broadcast", b, a);
  }
}
