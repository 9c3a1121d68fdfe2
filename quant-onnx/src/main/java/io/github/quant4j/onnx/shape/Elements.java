/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The contents of a tensor of rank 0 or 1 that shapes may be computed from, as far as they are
 * known.
 *
 * @param isVector true for rank 1, false for a scalar
 * @param isFloat true for floating point, false for integers and booleans (0 and 1)
 * @param list the elements, one for a scalar
 */
record Elements(boolean isVector, boolean isFloat, List<Element> list) {
  /** Longer tensors are data, not shapes. */
  static final int LARGEST_COUNT = 256;

  static Elements integers(List<Size> sizes) {
    return new Elements(true, false, sizes.stream().map(Element::of).toList());
  }

  static Elements scalar(Size size) {
    return new Elements(false, false, List.of(Element.of(size)));
  }

  /** Reads a constant, empty where it is large or of a type that shapes are not made of. */
  static Optional<Elements> of(Tensor tensor) {
    int rank = tensor.shape().rank();
    if (rank > 1 || tensor.shape().elementCount() > LARGEST_COUNT) {
      return Optional.empty();
    }
    int count = (int) tensor.shape().elementCount();
    List<Element> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(element(tensor, i));
    }
    boolean isFloat = tensor.elementType() == ElementType.FLOAT;
    return Optional.of(new Elements(rank == 1, isFloat, list))
        .filter(elements -> isFloat || isInteger(tensor.elementType()));
  }

  private static boolean isInteger(ElementType type) {
    return type == ElementType.INT64 || type == ElementType.INT32 || type == ElementType.BOOL;
  }

  private static Element element(Tensor tensor, int index) {
    return switch (tensor.elementType()) {
      case INT64 -> Element.of(tensor.longs().get(index));
      case INT32 -> Element.of((long) tensor.ints().get(index));
      case FLOAT -> Element.of(tensor.floats().get(index));
      case BOOL -> Element.of((long) tensor.bytes().get(index));
      default -> Element.UNKNOWN;
    };
  }

  int count() {
    return list.size();
  }

  /** Returns one element as an integer, unknown where it is none. */
  Size integer(int index) {
    return list.get(index).integer().orElse(Size.UNKNOWN);
  }

  /** Returns all elements as integers, unknown where they are none. */
  List<Size> integers() {
    return list.stream().map(element -> element.integer().orElse(Size.UNKNOWN)).toList();
  }

  /** Returns the elements as numbers, empty unless each is one. */
  Optional<List<Long>> numbers() {
    boolean areNumbers = list.stream().allMatch(element -> element.fixed().isPresent());
    return areNumbers
        ? Optional.of(list.stream().map(element -> element.fixed().getAsLong()).toList())
        : Optional.empty();
  }

  Elements map(UnaryOperator<Element> function) {
    return new Elements(isVector, isFloat, list.stream().map(function).toList());
  }

  /** Combines element by element; one element is combined with each of the other. */
  Optional<Elements> combine(Elements other, BinaryOperator<Element> function) {
    int count = count() == 1 ? other.count() : count();
    if ((count() != 1 && count() != count) || (other.count() != 1 && other.count() != count)) {
      return Optional.empty();
    }
    List<Element> combined = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Element left = list.get(count() == 1 ? 0 : i);
      combined.add(function.apply(left, other.list.get(other.count() == 1 ? 0 : i)));
    }
    return Optional.of(new Elements(isVector || other.isVector, isFloat, combined));
  }
}
