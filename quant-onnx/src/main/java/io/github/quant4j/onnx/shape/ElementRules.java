/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What operators make of the contents of small tensors: the arithmetic by which exporters compute
 * shapes. Source: the ONNX documentation of each operator.
 */
final class ElementRules {
  private ElementRules() {}

  static Optional<Elements> output(Call call) {
    if (!call.node().domain().isEmpty()) {
      return Optional.empty();
    }
    return switch (call.node().opType()) {
      case "Shape" -> call.sizes(0).map(sizes -> Elements.integers(part(call.node(), sizes)));
      case "Size" -> call.sizes(0).map(sizes -> Elements.scalar(Size.product(sizes)));
      case "Constant" -> constant(call.node());
      case "ConstantOfShape" -> filled(call);
      case "Range" -> range(call);
      case "Cast" -> cast(call);
      case "Identity" -> call.elements(0);
      case "Concat" -> concat(call);
      case "Gather" -> gather(call);
      case "Slice" -> slice(call);
      case "Squeeze", "Unsqueeze", "Reshape", "Flatten" -> reshaped(call);
      default -> ElementArithmetic.output(call);
    };
  }

  /** Returns the sizes a Shape node gives: all, or those from start to end. */
  static List<Size> part(Node shape, List<Size> sizes) {
    SliceBounds bounds =
        SliceBounds.of(
            sizes.size(), shape.integer("start", 0), shape.integer("end", sizes.size()), 1);
    return sizes.subList((int) bounds.start(), (int) (bounds.start() + bounds.count()));
  }

  private static Optional<Elements> constant(Node node) {
    return node.constantTensor()
        .filter(tensor -> tensor.shape().elementCount() <= Elements.LARGEST_COUNT)
        .flatMap(Elements::of);
  }

  private static Optional<Elements> filled(Call call) {
    OptionalLong count =
        call.elements(0)
            .filter(shape -> shape.isVector() && shape.count() == 1)
            .map(shape -> shape.integer(0).fixed())
            .orElse(OptionalLong.empty());
    if (count.isEmpty() || count.getAsLong() < 0 || count.getAsLong() > Elements.LARGEST_COUNT) {
      return Optional.empty();
    }
    Tensor value = call.node().tensor("value").orElse(Tensor.ofFloats(Shape.of(1), 0));
    return Elements.of(value)
        .filter(one -> one.count() == 1)
        .map(
            one ->
                new Elements(
                    true,
                    one.isFloat(),
                    Collections.nCopies((int) count.getAsLong(), one.list().get(0))));
  }

  private static Optional<Elements> range(Call call) {
    List<Long> bounds = new ArrayList<>();
    for (int input = 0; input < 3; input++) {
      call.elements(input)
          .filter(elements -> !elements.isFloat())
          .flatMap(Elements::numbers)
          .filter(list -> list.size() == 1)
          .ifPresent(list -> bounds.add(list.get(0)));
    }
    if (bounds.size() < 3 || bounds.get(2) <= 0) {
      return Optional.empty();
    }
    List<Size> list = new ArrayList<>();
    for (long i = bounds.get(0); i < bounds.get(1); i += bounds.get(2)) {
      if (list.size() == Elements.LARGEST_COUNT) {
        return Optional.empty();
      }
      list.add(Size.of(i));
    }
    return Optional.of(Elements.integers(list));
  }

  private static Optional<Elements> cast(Call call) {
    Optional<ElementType> type = ElementType.ofOnnxCode((int) call.node().integer("to", 0));
    Optional<Elements> input = call.elements(0);
    if (input.isEmpty() || type.isEmpty()) {
      return Optional.empty();
    }
    Elements from = input.get();
    return switch (type.get()) {
      case FLOAT ->
          Optional.of(
              new Elements(
                  from.isVector(), true, from.list().stream().map(Element::asExactFloat).toList()));
      case INT64, INT32 ->
          Optional.of(
              new Elements(
                  from.isVector(),
                  false,
                  from.list().stream().map(one -> whole(one, type.get())).toList()));
      default -> Optional.empty();
    };
  }

  /** Rounds towards zero, which is down for what is not negative. */
  private static Element whole(Element element, ElementType type) {
    boolean isRounded = element.denominator() > 1 && !element.numerator().isNonNegative();
    OptionalLong number = element.fixed();
    boolean fits =
        number.isEmpty()
            || type == ElementType.INT64
            || number.getAsLong() == (int) number.getAsLong();
    return isRounded || !fits ? Element.UNKNOWN : element.floor();
  }

  private static Optional<Elements> concat(Call call) {
    List<Element> list = new ArrayList<>();
    boolean isFloat = false;
    for (Value input : call.node().inputs()) {
      Optional<Elements> part = call.elements(input).filter(Elements::isVector);
      if (part.isEmpty()) {
        Optional<Integer> count =
            call.sizes(input)
                .filter(sizes -> sizes.size() == 1)
                .map(sizes -> (int) Math.min(sizes.get(0).fixed().orElse(-1), Integer.MAX_VALUE))
                .filter(length -> length >= 0 && length <= Elements.LARGEST_COUNT);
        if (count.isEmpty()) {
          return Optional.empty();
        }
        list.addAll(Collections.nCopies(count.get(), Element.UNKNOWN));
      } else {
        list.addAll(part.get().list());
        isFloat |= part.get().isFloat();
      }
    }
    return Optional.of(new Elements(true, isFloat, list));
  }

  private static Optional<Elements> gather(Call call) {
    Optional<Elements> data = call.elements(0).filter(Elements::isVector);
    Optional<Elements> indices = call.elements(1);
    if (data.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    List<Element> list = new ArrayList<>();
    for (Element index : indices.get().list()) {
      OptionalLong number = index.fixed();
      OptionalInt position =
          number.isPresent()
              ? Call.axis(number.getAsLong(), data.get().count())
              : OptionalInt.empty();
      list.add(position.isPresent() ? data.get().list().get(position.getAsInt()) : Element.UNKNOWN);
    }
    return Optional.of(new Elements(indices.get().isVector(), data.get().isFloat(), list));
  }

  private static Optional<Elements> slice(Call call) {
    Optional<Elements> data = call.elements(0).filter(Elements::isVector);
    Optional<Long> start = single(call.numbers("starts", 1));
    Optional<Long> end = single(call.numbers("ends", 2));
    Optional<Long> step =
        call.node().input(4).isPresent()
            ? single(call.elements(4).flatMap(Elements::numbers)).filter(one -> one != 0)
            : Optional.of(1L);
    if (data.isEmpty() || start.isEmpty() || end.isEmpty() || step.isEmpty()) {
      return Optional.empty();
    }
    SliceBounds bounds = SliceBounds.of(data.get().count(), start.get(), end.get(), step.get());
    List<Element> list = new ArrayList<>();
    for (long i = 0; i < bounds.count(); i++) {
      list.add(data.get().list().get((int) (bounds.start() + i * bounds.step())));
    }
    return Optional.of(new Elements(true, data.get().isFloat(), list));
  }

  private static Optional<Long> single(Optional<List<Long>> numbers) {
    return numbers.filter(list -> list.size() == 1).map(list -> list.get(0));
  }

  /** The order of elements stays, whatever the operator; only rank 0 and 1 are kept. */
  private static Optional<Elements> reshaped(Call call) {
    int rank = OperatorShapes.output(call, 0).map(List::size).orElse(2);
    return call.elements(0)
        .filter(input -> rank == 1 || (rank == 0 && input.count() == 1))
        .map(input -> new Elements(rank == 1, input.isFloat(), input.list()));
  }
}
