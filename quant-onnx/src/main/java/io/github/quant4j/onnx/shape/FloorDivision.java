/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.shape.Size.Term;
import java.util.List;
import java.util.Optional;

/**
 * Brings a formula divided by a number, rounded down, to one canonical form:
 *
 * <pre>
 * floor((d * a + b) / d)              = a + floor(b / d)
 * floor((c * a + b) / (c * d))        = floor((a + floor(b / c)) / d)
 * floor((floor(a / c) + b) / d)       = floor((a + b * c) / (c * d))
 * </pre>
 *
 * <p>for integers a, b and c, d above 0; so a chain of strided windows compares equal to any other
 * that does the same to its size.
 */
final class FloorDivision {
  private FloorDivision() {}

  static Size of(Size size, long divisor) {
    Size whole = Size.ZERO;
    Size rest = Size.ZERO;
    for (Term term : size.terms()) {
      boolean isNumber = term.atoms().isEmpty();
      boolean isMultiple = term.coefficient() % divisor == 0;
      if (isNumber || isMultiple) {
        long quotient = Math.floorDiv(term.coefficient(), divisor);
        whole = whole.plus(quotient == 0 ? Size.ZERO : scaled(quotient, term.atoms()));
        rest = rest.plus(Math.floorMod(term.coefficient(), divisor));
      } else {
        rest = rest.plus(scaled(term.coefficient(), term.atoms()));
      }
    }
    return rest.fixed().isPresent() ? whole : whole.plus(quotient(rest, divisor));
  }

  private static Size scaled(long coefficient, List<Atom> atoms) {
    return new Size(List.of(new Term(coefficient, atoms)));
  }

  /** Divides what has no whole part: common factors go, and a division inside becomes one. */
  private static Size quotient(Size size, long divisor) {
    long common = divisor;
    for (Term term : size.terms()) {
      common = term.atoms().isEmpty() ? common : gcd(common, Math.abs(term.coefficient()));
    }
    if (common > 1) {
      long shared = common;
      Size smaller = Size.ZERO;
      for (Term term : size.terms()) {
        long part = Math.floorDiv(term.coefficient(), shared);
        smaller = part == 0 ? smaller : smaller.plus(scaled(part, term.atoms()));
      }
      return smaller.floorDivide(divisor / shared);
    }
    long number = number(size);
    Optional<Atom> inner = size.minus(Size.of(number)).singleAtom();
    if (inner.filter(atom -> atom.kind() == Atom.Kind.FLOOR).isPresent()) {
      long step = inner.get().index();
      if (Size.overflows(step, divisor) || Size.overflows(step, number)) {
        return Size.UNKNOWN;
      }
      return inner.get().arguments().get(0).plus(step * number).floorDivide(step * divisor);
    }
    return Size.bounded(Size.of(new Atom(Atom.Kind.FLOOR, "", divisor, List.of(size))));
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static long number(Size size) {
    return size.terms().stream()
        .filter(term -> term.atoms().isEmpty())
        .mapToLong(Term::coefficient)
        .sum();
  }
}
