/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The axis of a constant that scales per channel stand along.
 *
 * <p>An axis the node states holds where it fits. Else it is that of the output channels of the
 * operator that reads the weight: 0 for Conv, 1 for ConvTranspose where the length fits and else 0,
 * 0 or 1 for Gemm with and without {@code transB}, the last for MatMul, 0 for a bias. Transpose and
 * Reshape between are followed back. Readers that disagree tell nothing.
 *
 * <p>A missing axis means 1 in ONNX, whatever the operator. Where 0 and 1 are of one length the
 * operator decides all the same: scales along input channels cannot be taken out of its sum, so no
 * tool computes such.
 */
final class ChannelAxis {
  private static final String AXIS = "axis";

  private ChannelAxis() {}

  /** Returns the axis for the scales of a family on a constant, empty when it cannot be told. */
  static OptionalInt of(QuantizerFamily family, int scaleCount) {
    Shape shape = family.head().data().constantShape().orElse(Shape.of());
    for (Quantizer member : family.members()) {
      if (member.node().hasAttribute(AXIS)) {
        OptionalInt stated = resolve(shape, member, scaleCount);
        if (stated.isPresent()) {
          return stated;
        }
      }
    }
    return ofReaders(family, shape, scaleCount);
  }

  /** Returns an axis counted from the front, empty where its length is not the number of scales. */
  static OptionalInt resolve(Shape shape, long axis, int scaleCount) {
    long index = axis < 0 ? axis + shape.rank() : axis;
    return index >= 0 && index < shape.rank() && shape.dimension((int) index) == scaleCount
        ? OptionalInt.of((int) index)
        : OptionalInt.empty();
  }

  /**
   * Returns the axis a node states or implies, empty where its length is not the number of scales.
   */
  static OptionalInt resolve(Shape shape, Quantizer quantizer, int scaleCount) {
    return resolve(shape, quantizer.axis(), scaleCount);
  }

  /** Returns how many elements follow one another along one index of an axis. */
  static int inner(Shape shape, int axis) {
    int inner = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      inner = Math.multiplyExact(inner, Math.toIntExact(shape.dimension(i)));
    }
    return inner;
  }

  private static OptionalInt ofReaders(QuantizerFamily family, Shape shape, int scaleCount) {
    if (shape.rank() == 1) {
      return resolve(shape, 0, scaleCount);
    }
    List<Use> uses =
        family.members().stream()
            .filter(member -> !member.isQuantize())
            .flatMap(member -> member.output().uses().stream())
            .toList();
    return agreed(uses, use -> ofReader(use, shape, scaleCount));
  }

  private static OptionalInt agreed(List<Use> uses, Function<Use, OptionalInt> axisOf) {
    OptionalInt agreed = OptionalInt.empty();
    for (Use use : uses) {
      OptionalInt axis = axisOf.apply(use);
      if (axis.isEmpty() || (agreed.isPresent() && !agreed.equals(axis))) {
        return OptionalInt.empty();
      }
      agreed = axis;
    }
    return agreed;
  }

  private static OptionalInt ofReader(Use use, Shape shape, int scaleCount) {
    Node node = use.node();
    if (use.inputIndex() == 0 && node.is("Transpose")) {
      return throughTranspose(node, shape, scaleCount);
    }
    if (use.inputIndex() == 0 && node.is("Reshape")) {
      return throughReshape(node, shape, scaleCount);
    }
    return ofOperator(use, shape, scaleCount);
  }

  private static OptionalInt ofOperator(Use use, Shape shape, int scaleCount) {
    Node node = use.node();
    if (use.inputIndex() != 1 || !node.domain().isEmpty()) {
      return OptionalInt.empty();
    }
    return switch (node.opType()) {
      case "Conv" -> resolve(shape, 0, scaleCount);
      case "ConvTranspose" -> {
        OptionalInt outputs = resolve(shape, 1, scaleCount);
        yield outputs.isPresent() ? outputs : resolve(shape, 0, scaleCount);
      }
      case "Gemm" -> resolve(shape, node.integer("transB", 0) == 0 ? 1 : 0, scaleCount);
      case "MatMul" -> resolve(shape, -1, scaleCount);
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt throughTranspose(Node node, Shape shape, int scaleCount) {
    int rank = shape.rank();
    Optional<List<Long>> order = node.integers("perm");
    if (order.isPresent() && order.get().size() != rank) {
      return OptionalInt.empty();
    }
    int[] source = new int[rank];
    long[] turned = new long[rank];
    for (int i = 0; i < rank; i++) {
      source[i] = order.isPresent() ? Math.toIntExact(order.get().get(i)) : rank - 1 - i;
      if (source[i] < 0 || source[i] >= rank) {
        return OptionalInt.empty();
      }
      turned[i] = shape.dimension(source[i]);
    }
    OptionalInt axis =
        agreed(node.output().uses(), use -> ofOperator(use, Shape.of(turned), scaleCount));
    return axis.isPresent() ? OptionalInt.of(source[axis.getAsInt()]) : axis;
  }

  /** An axis lives through a Reshape when as many elements stand before and behind it. */
  private static OptionalInt throughReshape(Node node, Shape shape, int scaleCount) {
    Optional<Shape> target =
        node.input(1)
            .flatMap(Value::constant)
            .flatMap(dimensions -> reshaped(dimensions, node, shape));
    if (target.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt axis =
        agreed(node.output().uses(), use -> ofOperator(use, target.get(), scaleCount));
    if (axis.isEmpty()) {
      return axis;
    }
    long before = countBefore(target.get(), axis.getAsInt());
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.dimension(i) == scaleCount && countBefore(shape, i) == before) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private static long countBefore(Shape shape, int axis) {
    long count = 1;
    for (int i = 0; i < axis; i++) {
      count *= shape.dimension(i);
    }
    return count;
  }

  /** Returns the shape a Reshape gives to a constant, empty where it does not fit. */
  private static Optional<Shape> reshaped(Tensor target, Node node, Shape shape) {
    if (target.elementType() != ElementType.INT64 || node.integer("allowzero", 0) != 0) {
      return Optional.empty();
    }
    long[] dimensions = new long[target.longs().remaining()];
    int open = -1;
    long known = 1;
    for (int i = 0; i < dimensions.length; i++) {
      long wanted = target.longs().get(i);
      dimensions[i] = wanted == 0 && i < shape.rank() ? shape.dimension(i) : wanted;
      open = wanted == -1 ? i : open;
      known *= wanted == -1 ? 1 : dimensions[i];
    }
    if (open >= 0 && known > 0) {
      dimensions[open] = shape.elementCount() / known;
    }
    long count = 1;
    for (long dimension : dimensions) {
      count *= dimension;
      if (dimension <= 0 || count > shape.elementCount()) {
        return Optional.empty();
      }
    }
    return count == shape.elementCount() ? Optional.of(Shape.of(dimensions)) : Optional.empty();
  }
}
