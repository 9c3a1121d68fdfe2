/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shapes of operators that broadcast their inputs to one another, and of matrix products, which
 * broadcast all but the last two axes. Source: Broadcasting in ONNX; operators Gemm and MatMul,
 * opset 13.
 */
final class BroadcastShapes {
  static final Set<String> OPERATORS =
      Set.of(
          "Add", "And", "Div", "Equal", "Greater", "Less", "Max", "Mean", "Min", "Mod", "Mul", "Or",
          "Pow", "Sub", "Sum", "Where", "Xor");

  private BroadcastShapes() {}

  static Optional<List<Dimension>> elementwise(Node node, ShapeInference known) {
    List<Dimension> result = List.of();
    for (Value input : node.inputs()) {
      Optional<List<Dimension>> dimensions = known.dimensions(input);
      if (dimensions.isEmpty()) {
        return Optional.empty();
      }
      result = broadcast(result, dimensions.get());
    }
    return Optional.of(result);
  }

  static Optional<List<Dimension>> gemm(Node node, ShapeInference known) {
    Dimension rows = matrixAxis(node, 0, node.integer("transA", 0) == 0 ? 0 : 1, known);
    Dimension columns = matrixAxis(node, 1, node.integer("transB", 0) == 0 ? 1 : 0, known);
    return Optional.of(List.of(rows, columns));
  }

  private static Dimension matrixAxis(Node node, int index, int axis, ShapeInference known) {
    return OperatorShapes.input(node, index, known)
        .filter(dimensions -> dimensions.size() == 2)
        .map(dimensions -> dimensions.get(axis))
        .orElse(Dimension.unknown());
  }

  static Optional<List<Dimension>> matMul(Node node, ShapeInference known) {
    Optional<List<Dimension>> a = matrices(node, 0, known);
    Optional<List<Dimension>> b = matrices(node, 1, known);
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    int rankA = a.get().size();
    int rankB = b.get().size();
    List<Dimension> result =
        broadcast(a.get().subList(0, rankA - 2), b.get().subList(0, rankB - 2));
    result.add(a.get().get(rankA - 2));
    result.add(b.get().get(rankB - 1));
    return Optional.of(result);
  }

  private static Optional<List<Dimension>> matrices(Node node, int index, ShapeInference known) {
    return OperatorShapes.input(node, index, known).filter(dimensions -> dimensions.size() >= 2);
  }

  private static List<Dimension> broadcast(List<Dimension> a, List<Dimension> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dimension> result = new ArrayList<>(rank);
    for (int fromEnd = rank; fromEnd > 0; fromEnd--) {
      result.add(broadcast(dimension(a, fromEnd), dimension(b, fromEnd)));
    }
    return result;
  }

  private static Dimension dimension(List<Dimension> dimensions, int fromEnd) {
    return fromEnd <= dimensions.size()
        ? dimensions.get(dimensions.size() - fromEnd)
        : Dimension.of(1);
  }

  private static Dimension broadcast(Dimension a, Dimension b) {
    if (a.equals(b) || b.isFixed(1)) {
      return a;
    }
    if (a.isFixed(1)) {
      return b;
    }
    // Where one side is a number other than 1, the other can only be that number or 1.
    if (a instanceof Dimension.Fixed) {
      return a;
    }
    return b instanceof Dimension.Fixed ? b : Dimension.unknown();
  }
}
