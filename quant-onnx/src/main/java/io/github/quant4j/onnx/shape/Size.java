/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Dimension;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * An integer known as a number or as a formula: the size of an axis, or an element of a tensor that
 * shapes are computed from.
 *
 * <p>A sum of products of {@link Atom}s with integer coefficients, in one canonical order; two
 * equal formulas are equal numbers whatever the atoms stand for, while two different ones may or
 * may not be. Division has one form too, see {@link FloorDivision}.
 *
 * <p>{@link #UNKNOWN} absorbs everything, and stands in for a number beyond a long and for a
 * formula that grew too large. Immutable and thread-safe.
 */
record Size(List<Term> terms) {
  static final Size UNKNOWN = new Size(List.of(new Term(0, List.of())));
  static final Size ZERO = new Size(List.of());
  static final Size ONE = of(1);
  private static final int LARGEST_WEIGHT = 48;
  private static final String MINIMUM = "min";

  /** A coefficient, never 0 but in {@link #UNKNOWN}, times atoms in order. */
  record Term(long coefficient, List<Atom> atoms) {}

  static Size of(long number) {
    return number == 0 ? ZERO : new Size(List.of(new Term(number, List.of())));
  }

  static Size of(Atom atom) {
    return new Size(List.of(new Term(1, List.of(atom))));
  }

  static Size named(String name) {
    return of(new Atom(Atom.Kind.NAMED, name, 0, List.of()));
  }

  /**
   * Returns a size that depends on the arguments alone, in a way only the function's name tells.
   */
  static Size function(String name, Size... arguments) {
    List<Size> all = List.of(arguments);
    boolean isUnknown = all.contains(UNKNOWN);
    return isUnknown ? UNKNOWN : bounded(of(new Atom(Atom.Kind.FUNCTION, name, 0, all)));
  }

  /** Returns the smaller of a size and a number. */
  static Size minimum(Size size, long bound) {
    return function(MINIMUM, size, of(bound));
  }

  static Size product(List<Size> factors) {
    return factors.stream().reduce(ONE, Size::times);
  }

  boolean isUnknown() {
    return equals(UNKNOWN);
  }

  boolean isFixed(long number) {
    return fixed().equals(OptionalLong.of(number));
  }

  /** Returns the number, empty for a formula. */
  OptionalLong fixed() {
    if (terms.isEmpty()) {
      return OptionalLong.of(0);
    }
    boolean isNumber = terms.size() == 1 && terms.get(0).atoms.isEmpty() && !isUnknown();
    return isNumber ? OptionalLong.of(terms.get(0).coefficient) : OptionalLong.empty();
  }

  /** Tells whether this is at least 0 for certain. */
  boolean isNonNegative() {
    return !isUnknown()
        && terms.stream()
            .allMatch(
                term -> term.coefficient > 0 && term.atoms.stream().allMatch(Atom::isNonNegative));
  }

  /** Tells whether names of the model alone say what this is. */
  boolean isNamed() {
    return terms.stream().allMatch(term -> term.atoms.stream().allMatch(Atom::isNamed));
  }

  /** Tells whether this is the smaller of another size and a number of at least 2. */
  boolean isMinimumOf(Size other) {
    return singleAtom()
        .filter(atom -> atom.kind() == Atom.Kind.FUNCTION && atom.name().equals(MINIMUM))
        .map(Atom::arguments)
        .filter(list -> list.get(0).equals(other) && list.get(1).fixed().orElse(0) > 1)
        .isPresent();
  }

  int weight() {
    return terms.stream()
        .mapToInt(term -> 1 + term.atoms.stream().mapToInt(Atom::weight).sum())
        .sum();
  }

  Size plus(Size other) {
    return sum(terms, other.terms, isUnknown() || other.isUnknown());
  }

  Size plus(long number) {
    return plus(of(number));
  }

  Size minus(Size other) {
    return plus(other.times(of(-1)));
  }

  Size times(Size other) {
    boolean isUnknown = isUnknown() || other.isUnknown();
    if (isUnknown || terms.size() * other.terms.size() > LARGEST_WEIGHT) {
      return UNKNOWN;
    }
    List<Term> products = new ArrayList<>();
    for (Term left : terms) {
      for (Term right : other.terms) {
        if (overflows(left.coefficient, right.coefficient)) {
          return UNKNOWN;
        }
        List<Atom> atoms = new ArrayList<>(left.atoms);
        atoms.addAll(right.atoms);
        atoms.sort(Comparator.naturalOrder());
        products.add(new Term(left.coefficient * right.coefficient, List.copyOf(atoms)));
      }
    }
    return sum(products, List.of(), false);
  }

  static boolean overflows(long a, long b) {
    return Math.multiplyHigh(a, b) != (a * b) >> (Long.SIZE - 1);
  }

  /** Divides by a number above 0 and rounds down. */
  Size floorDivide(long divisor) {
    return isUnknown() || divisor == 1 ? this : FloorDivision.of(this, divisor);
  }

  Optional<Atom> singleAtom() {
    boolean isSingle =
        terms.size() == 1 && terms.get(0).coefficient == 1 && terms.get(0).atoms.size() == 1;
    return isSingle ? Optional.of(terms.get(0).atoms.get(0)) : Optional.empty();
  }

  /**
   * Divides by a product known to go in without rest; unknown where the formulas do not show it.
   */
  Size divideExactly(Size divisor) {
    boolean isProduct = divisor.terms.size() == 1 && !divisor.isUnknown();
    if (isUnknown() || !isProduct) {
      return equals(divisor) && !isUnknown() && !terms.isEmpty() ? ONE : UNKNOWN;
    }
    Term by = divisor.terms.get(0);
    List<Term> quotients = new ArrayList<>();
    for (Term term : terms) {
      List<Atom> atoms = new ArrayList<>(term.atoms);
      boolean isDivisible = by.atoms.stream().allMatch(atoms::remove);
      if (!isDivisible || term.coefficient % by.coefficient != 0) {
        return UNKNOWN;
      }
      quotients.add(new Term(term.coefficient / by.coefficient, List.copyOf(atoms)));
    }
    return sum(quotients, List.of(), false);
  }

  private static Size sum(List<Term> left, List<Term> right, boolean isUnknown) {
    Map<List<Atom>, Long> sums = new HashMap<>();
    List<Term> all = new ArrayList<>(left);
    all.addAll(right);
    for (Term term : all) {
      long before = sums.getOrDefault(term.atoms, 0L);
      long after = before + term.coefficient;
      if (isUnknown || ((before ^ after) & (term.coefficient ^ after)) < 0) {
        return UNKNOWN;
      }
      sums.put(term.atoms, after);
    }
    List<Term> terms = new ArrayList<>();
    sums.forEach(
        (atoms, coefficient) -> {
          if (coefficient != 0) {
            terms.add(new Term(coefficient, atoms));
          }
        });
    // Numbers come last: "h + 1".
    terms.sort(
        Comparator.comparing((Term term) -> term.atoms.isEmpty())
            .thenComparing(term -> term.atoms.toString()));
    return bounded(new Size(List.copyOf(terms)));
  }

  static Size bounded(Size size) {
    return size.weight() > LARGEST_WEIGHT ? UNKNOWN : size;
  }

  /** Returns what a caller outside sees: a number, a formula of names, or nothing known. */
  Dimension toDimension() {
    OptionalLong number = fixed();
    if (number.isPresent()) {
      return number.getAsLong() >= 0 ? Dimension.of(number.getAsLong()) : Dimension.unknown();
    }
    return isUnknown() || !isNamed() ? Dimension.unknown() : new Dimension.Symbolic(toString());
  }

  @Override
  public String toString() {
    if (isUnknown() || terms.isEmpty()) {
      return isUnknown() ? "?" : "0";
    }
    return terms.stream().map(Size::text).collect(Collectors.joining(" + ")).replace("+ -", "- ");
  }

  private static String text(Term term) {
    String product = term.atoms.stream().map(Atom::toString).collect(Collectors.joining("*"));
    if (product.isEmpty()) {
      return Long.toString(term.coefficient);
    }
    return term.coefficient == 1 ? product : term.coefficient + "*" + product;
  }
}
