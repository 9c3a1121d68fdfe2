/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;

/** Arithmetic, comparison and choice on the contents of small tensors. */
final class ElementArithmetic {
  private ElementArithmetic() {}

  static Optional<Elements> output(Call call) {
    return switch (call.node().opType()) {
      case "Add" -> combined(call, Element::plus);
      case "Sub" -> combined(call, (left, right) -> left.plus(right.negated()));
      case "Mul" -> combined(call, Element::times);
      case "Div" -> divided(call);
      case "Min" -> combined(call, (left, right) -> extreme(left, right, -1));
      case "Max" -> combined(call, (left, right) -> extreme(left, right, 1));
      case "Equal" -> combined(call, ElementArithmetic::equal).map(ElementArithmetic::asInteger);
      case "Where" -> where(call);
      case "Floor" -> call.elements(0).map(input -> input.map(Element::floor));
      case "Ceil" ->
          call.elements(0).map(input -> input.map(one -> one.negated().floor().negated()));
      case "Neg" -> call.elements(0).map(input -> input.map(Element::negated));
      case "ReduceProd" -> folded(call, Element::times);
      case "ReduceSum" -> folded(call, Element::plus);
      case "ReduceMax" -> folded(call, (left, right) -> extreme(left, right, 1));
      case "ReduceMin" -> folded(call, (left, right) -> extreme(left, right, -1));
      default -> Optional.empty();
    };
  }

  private static Optional<Elements> combined(Call call, BinaryOperator<Element> function) {
    Optional<Elements> left = call.elements(0);
    Optional<Elements> right = call.elements(1);
    boolean isPair = left.isPresent() && right.isPresent() && call.node().inputCount() == 2;
    if (!isPair || left.get().isFloat() != right.get().isFloat()) {
      return Optional.empty();
    }
    return left.get().combine(right.get(), function).map(ElementArithmetic::rounded);
  }

  private static Elements rounded(Elements result) {
    return result.isFloat() ? result.map(Element::asExactFloat) : result;
  }

  private static Optional<Elements> divided(Call call) {
    boolean isFloat = call.elements(0).filter(Elements::isFloat).isPresent();
    return combined(call, isFloat ? Element::divide : Element::divideIntegers);
  }

  private static Element extreme(Element left, Element right, int sign) {
    if (left.equals(right)) {
      return left;
    }
    OptionalLong a = left.fixed();
    OptionalLong b = right.fixed();
    if (a.isEmpty() || b.isEmpty()) {
      return Element.UNKNOWN;
    }
    return Long.compare(a.getAsLong(), b.getAsLong()) == sign ? left : right;
  }

  /** Compares: 1 for equal, 0 for different for certain. */
  private static Element equal(Element left, Element right) {
    if (left.numerator().isUnknown() || right.numerator().isUnknown()) {
      return Element.UNKNOWN;
    }
    if (left.equals(right)) {
      return Element.of(1);
    }
    boolean areNumbers =
        left.numerator().fixed().isPresent() && right.numerator().fixed().isPresent();
    return areNumbers || isNegativeBesideSize(left, right) || isNegativeBesideSize(right, left)
        ? Element.of(0)
        : Element.UNKNOWN;
  }

  private static boolean isNegativeBesideSize(Element number, Element size) {
    return number.fixed().orElse(0) < 0 && size.numerator().isNonNegative();
  }

  private static Elements asInteger(Elements comparison) {
    return new Elements(comparison.isVector(), false, comparison.list());
  }

  private static Optional<Elements> where(Call call) {
    Optional<Elements> condition = call.elements(0);
    Optional<Elements> left = call.elements(1);
    Optional<Elements> right = call.elements(2);
    if (condition.isEmpty() || left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    // Two choices in a row: what the condition does not take is unknown for a moment only.
    Optional<Elements> chosen =
        condition
            .get()
            .combine(left.get(), (is, one) -> is.equals(Element.of(1)) ? one : Element.UNKNOWN);
    Optional<Elements> rest =
        condition
            .get()
            .combine(right.get(), (is, one) -> is.equals(Element.of(0)) ? one : Element.UNKNOWN);
    return chosen
        .flatMap(first -> rest.flatMap(second -> first.combine(second, ElementArithmetic::known)))
        .map(list -> new Elements(list.isVector(), left.get().isFloat(), list.list()));
  }

  private static Element known(Element left, Element right) {
    return left.equals(Element.UNKNOWN) ? right : left;
  }

  /** Folds a vector into one element. */
  private static Optional<Elements> folded(Call call, BinaryOperator<Element> function) {
    Optional<Elements> input =
        call.elements(0).filter(elements -> elements.isVector() && elements.count() > 0);
    Optional<List<Size>> output = OperatorShapes.output(call, 0).filter(sizes -> sizes.size() <= 1);
    boolean isFolded =
        output.isPresent() && (output.get().isEmpty() || output.get().get(0).isFixed(1));
    if (input.isEmpty() || !isFolded) {
      return Optional.empty();
    }
    Element folded = input.get().list().stream().reduce(function).orElseThrow();
    return Optional.of(
        rounded(new Elements(!output.get().isEmpty(), input.get().isFloat(), List.of(folded))));
  }
}
