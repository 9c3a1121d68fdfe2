/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * Shapes of operators that move elements, join tensors or add a border. Source: ONNX operators
 * Flatten, Transpose, Reshape (opset 14), Concat and Pad (opset 18).
 */
final class MovementShapes {
  private MovementShapes() {}

  static Optional<List<Dimension>> flatten(Node node, ShapeInference known) {
    Optional<List<Dimension>> input = OperatorShapes.input(node, 0, known);
    if (input.isEmpty()) {
      return Optional.of(List.of(Dimension.unknown(), Dimension.unknown()));
    }
    int rank = input.get().size();
    long declared = node.integer("axis", 1);
    OptionalInt axis =
        declared == rank ? OptionalInt.of(rank) : OperatorShapes.axis(declared, rank);
    if (axis.isEmpty()) {
      return Optional.empty();
    }
    List<Dimension> rows = input.get().subList(0, axis.getAsInt());
    List<Dimension> columns = input.get().subList(axis.getAsInt(), rank);
    return Optional.of(List.of(product(rows), product(columns)));
  }

  private static Dimension product(List<Dimension> dimensions) {
    if (dimensions.size() == 1) {
      return dimensions.get(0);
    }
    long product = 1;
    for (Dimension dimension : dimensions) {
      if (!(dimension instanceof Dimension.Fixed fixed)
          || Math.multiplyHigh(product, fixed.size()) != 0
          || product * fixed.size() < 0) {
        return Dimension.unknown();
      }
      product *= fixed.size();
    }
    return Dimension.of(product);
  }

  static Optional<List<Dimension>> transpose(Node node, ShapeInference known) {
    Optional<List<Dimension>> input = OperatorShapes.input(node, 0, known);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    List<Long> order =
        node.integers("perm")
            .orElseGet(() -> LongStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList());
    if (order.size() != rank || order.stream().anyMatch(from -> from < 0 || from >= rank)) {
      return Optional.empty();
    }
    return Optional.of(order.stream().map(from -> input.get().get(from.intValue())).toList());
  }

  /** Sizes stated as numbers are known; 0 copies the input's, -1 stays unknown. */
  static Optional<List<Dimension>> reshape(Node node, ShapeInference known) {
    Optional<LongBuffer> target = constant(node, 1);
    if (target.isEmpty()) {
      return Optional.empty();
    }
    List<Dimension> input = OperatorShapes.input(node, 0, known).orElse(List.of());
    boolean isZeroCopied = node.integer("allowzero", 0) == 0;
    List<Dimension> result = new ArrayList<>();
    for (int i = 0; i < target.get().remaining(); i++) {
      long size = target.get().get(i);
      if (size == 0 && isZeroCopied) {
        result.add(i < input.size() ? input.get(i) : Dimension.unknown());
      } else {
        result.add(size >= 0 ? Dimension.of(size) : Dimension.unknown());
      }
    }
    return Optional.of(result);
  }

  static Optional<List<Dimension>> concat(Node node, ShapeInference known) {
    Optional<List<Dimension>> first = OperatorShapes.input(node, 0, known);
    OptionalInt axis =
        OperatorShapes.axis(node.integer("axis", 0), first.map(List::size).orElse(0));
    if (first.isEmpty() || axis.isEmpty()) {
      return Optional.empty();
    }
    Dimension total = Dimension.of(0);
    for (Value input : node.inputs()) {
      Optional<Dimension> part =
          known
              .dimensions(input)
              .filter(dimensions -> dimensions.size() == first.get().size())
              .map(dimensions -> dimensions.get(axis.getAsInt()));
      total = sum(total, part.orElse(Dimension.unknown()));
    }
    List<Dimension> result = new ArrayList<>(first.get());
    result.set(axis.getAsInt(), total);
    return Optional.of(result);
  }

  static Optional<List<Dimension>> pad(Node node, ShapeInference known) {
    Optional<List<Dimension>> input = OperatorShapes.input(node, 0, known);
    Optional<LongBuffer> amounts = constant(node, 1);
    if (input.isEmpty()) {
      return Optional.empty();
    }
    int rank = input.get().size();
    if (amounts.isEmpty() || amounts.get().remaining() != 2 * rank || node.input(3).isPresent()) {
      return Optional.of(OperatorShapes.unknown(input.get()));
    }
    List<Dimension> result = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      long before = amounts.get().get(i);
      long after = amounts.get().get(rank + i);
      result.add(padded(input.get().get(i), before, after));
    }
    return Optional.of(result);
  }

  private static Dimension padded(Dimension dimension, long before, long after) {
    if (before == 0 && after == 0) {
      return dimension;
    }
    boolean isGrown = before >= 0 && after >= 0;
    return isGrown
        ? sum(sum(dimension, Dimension.of(before)), Dimension.of(after))
        : Dimension.unknown();
  }

  private static Dimension sum(Dimension a, Dimension b) {
    return a instanceof Dimension.Fixed left
            && b instanceof Dimension.Fixed right
            && left.size() <= Long.MAX_VALUE - right.size()
        ? Dimension.of(left.size() + right.size())
        : Dimension.unknown();
  }

  private static Optional<LongBuffer> constant(Node node, int index) {
    return node.input(index)
        .flatMap(Value::constant)
        .filter(tensor -> tensor.elementType() == ElementType.INT64)
        .map(tensor -> tensor.longs());
  }
}
