/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Reshape, Squeeze, Unsqueeze, Transpose and Expand of constants; the first three share the bytes
 * of their operand. Axes may be an attribute, as in old opsets, or an input. Source: the ONNX
 * operators named, opset 13 and before.
 */
final class ReshapedConstants {
  private ReshapedConstants() {}

  static Optional<ConstantResult> reshape(Node node, Tensor data) {
    boolean isZeroCopied = node.integer("allowzero", 0) == 0;
    return indices(node, 1)
        .flatMap(target -> target(target, data.shape(), isZeroCopied))
        .flatMap(shape -> relabelled(data, shape));
  }

  /** Returns the sizes with 0 and -1 replaced by what they stand for. */
  private static Optional<long[]> target(List<Long> sizes, Shape from, boolean isZeroCopied) {
    long[] target = new long[sizes.size()];
    long known = 1;
    for (int i = 0; i < target.length; i++) {
      boolean isCopied = sizes.get(i) == 0 && isZeroCopied && i < from.rank();
      target[i] = isCopied ? from.dimension(i) : sizes.get(i);
      known *= target[i] == -1 ? 1 : target[i];
    }
    int open = sizes.indexOf(-1L);
    if (sizes.stream().anyMatch(size -> size < -1) || open != sizes.lastIndexOf(-1L)) {
      return Optional.empty();
    }
    if (open >= 0) {
      if (known <= 0 || from.elementCount() % known != 0) {
        return Optional.empty();
      }
      target[open] = from.elementCount() / known;
    }
    return Optional.of(target);
  }

  static Optional<ConstantResult> squeeze(Node node, Tensor data) {
    Shape shape = data.shape();
    List<Long> ones =
        LongStream.range(0, shape.rank())
            .filter(i -> shape.dimension((int) i) == 1)
            .boxed()
            .toList();
    boolean isOpen = node.input(1).isEmpty() && !node.hasAttribute("axes");
    Optional<List<Long>> declared = isOpen ? Optional.of(ones) : axes(node);
    return declared
        .flatMap(axes -> distinct(axes, shape.rank()))
        .filter(axes -> axes.stream().allMatch(axis -> shape.dimension(axis) == 1))
        .flatMap(
            axes -> {
              List<Long> kept = new ArrayList<>();
              for (int i = 0; i < shape.rank(); i++) {
                if (!axes.contains(i)) {
                  kept.add(shape.dimension(i));
                }
              }
              return relabelled(data, array(kept));
            });
  }

  static Optional<ConstantResult> unsqueeze(Node node, Tensor data) {
    Shape shape = data.shape();
    return axes(node)
        .flatMap(axes -> distinct(axes, shape.rank() + axes.size()))
        .flatMap(
            axes -> {
              List<Long> grown = new ArrayList<>();
              for (int i = 0, from = 0; i < shape.rank() + axes.size(); i++) {
                grown.add(axes.contains(i) ? 1 : shape.dimension(from++));
              }
              return relabelled(data, array(grown));
            });
  }

  static Optional<ConstantResult> transpose(Node node, Tensor data) {
    int rank = data.shape().rank();
    List<Long> order =
        node.integers("perm")
            .orElseGet(() -> LongStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList());
    Optional<Set<Integer>> axes = distinct(order, rank);
    if (axes.isEmpty() || order.size() != rank || order.stream().anyMatch(axis -> axis < 0)) {
      return Optional.empty();
    }
    long[] own = StridedRows.contiguous(data.shape());
    long[] dimensions = new long[rank];
    long[] strides = new long[rank];
    for (int i = 0; i < rank; i++) {
      dimensions[i] = data.shape().dimension(order.get(i).intValue());
      strides[i] = own[order.get(i).intValue()];
    }
    return Optional.of(new StridedView(data, 0, Shape.of(dimensions), strides).result());
  }

  static Optional<ConstantResult> expand(Node node, Tensor data) {
    return indices(node, 1)
        .filter(sizes -> sizes.stream().allMatch(size -> size >= 0))
        .flatMap(sizes -> shape(array(sizes)))
        .flatMap(target -> BroadcastArithmetic.broadcast(data.shape(), target))
        .map(
            shape ->
                new StridedView(data, 0, shape, StridedRows.broadcast(data.shape(), shape))
                    .result());
  }

  /** Returns the numbers of a constant input. */
  static Optional<List<Long>> indices(Node node, int input) {
    return node.input(input).flatMap(Value::constant).flatMap(IndexList::of);
  }

  private static Optional<List<Long>> axes(Node node) {
    return node.input(1).isPresent() ? indices(node, 1) : node.integers("axes");
  }

  /** Returns axes counted from the front, empty where one is out of range or named twice. */
  static Optional<Set<Integer>> distinct(List<Long> axes, int rank) {
    Set<Integer> distinct = new HashSet<>();
    for (long declared : axes) {
      OptionalInt axis = axis(declared, rank);
      if (axis.isEmpty() || !distinct.add(axis.getAsInt())) {
        return Optional.empty();
      }
    }
    return Optional.of(distinct);
  }

  /** Returns an axis counted from the front, empty when it lies outside [-rank, rank). */
  static OptionalInt axis(long declared, int rank) {
    return declared >= -rank && declared < rank
        ? OptionalInt.of((int) (declared < 0 ? declared + rank : declared))
        : OptionalInt.empty();
  }

  private static Optional<ConstantResult> relabelled(Tensor data, long[] dimensions) {
    return shape(dimensions)
        .filter(shape -> shape.elementCount() == data.shape().elementCount())
        .map(shape -> ConstantResult.of(Tensor.of(data.elementType(), shape, data.bytes())));
  }

  /** Returns a shape, empty where it would have more elements than can be counted. */
  static Optional<Shape> shape(long[] dimensions) {
    try {
      return Optional.of(Shape.of(dimensions));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static long[] array(List<Long> sizes) {
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }
}
