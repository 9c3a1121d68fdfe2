/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A size that is not known, but is always the same one: a size with a name, the size of one axis of
 * one tensor, or a function of other sizes.
 *
 * @param kind where it comes from
 * @param name the name of the size, of the tensor, or of the function
 * @param index the axis of {@link Kind#AXIS}, the divisor of {@link Kind#FLOOR}; else 0
 * @param arguments the arguments of a function, none for the other kinds
 */
record Atom(Kind kind, String name, long index, List<Size> arguments) implements Comparable<Atom> {

  enum Kind {
    /** A size the model names. */
    NAMED,
    /** The size of one axis of a tensor. */
    AXIS,
    /** The argument divided by the index, rounded down. */
    FLOOR,
    /** A size that depends on the arguments alone. */
    FUNCTION
  }

  /** Tells whether this is at least 0 for certain. */
  boolean isNonNegative() {
    return kind != Kind.FLOOR || arguments.get(0).isNonNegative();
  }

  /** Tells whether names of the model alone say what this is. */
  boolean isNamed() {
    return switch (kind) {
      case NAMED -> true;
      case AXIS -> false;
      case FLOOR, FUNCTION -> arguments.stream().allMatch(Size::isNamed);
    };
  }

  /** Returns how much there is to write down, a bound on the cost of comparing. */
  int weight() {
    return 1 + arguments.stream().mapToInt(Size::weight).sum();
  }

  @Override
  public int compareTo(Atom other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NAMED -> name;
      case AXIS -> name + "[" + index + "]";
      case FLOOR -> "floor((" + arguments.get(0) + ")/" + index + ")";
      case FUNCTION ->
          arguments.stream().map(Size::toString).collect(Collectors.joining(", ", name + "(", ")"));
    };
  }
}
