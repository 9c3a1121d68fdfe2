/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value as a polynomial, of degree 3 at most, in another it is computed from.
 *
 * <p>So constants are multiplied out, and it makes no difference in which order an exporter wrote
 * sums, products and powers. At most eight operators are looked at.
 */
final class Polynomial {
  private static final int DEGREE = 3;
  private static final int LARGEST = 8;

  private final double[] coefficients;
  private final Set<Node> nodes;

  private Polynomial(double[] coefficients, Set<Node> nodes) {
    this.coefficients = coefficients;
    this.nodes = nodes;
  }

  /** Returns the value as a polynomial in x, empty when it is none that could be read. */
  static Optional<Polynomial> of(Value value, Value x) {
    Reading reading = new Reading(x);
    double[] coefficients = reading.read(value);
    return coefficients == null
        ? Optional.empty()
        : Optional.of(new Polynomial(coefficients, reading.nodes));
  }

  /** Returns the coefficient of x to a power from 0 to 3. */
  double coefficient(int power) {
    return coefficients[power];
  }

  /** Tells whether this is {@code slope * x + offset}. */
  boolean isLine(double slope, double offset) {
    return is(offset, slope, 0, 0);
  }

  /** Tells whether this is a straight line. */
  boolean isLinear() {
    return coefficients[2] == 0 && coefficients[3] == 0;
  }

  /** Tells whether this is {@code c0 + c1 x + c2 x^2 + c3 x^3}. */
  boolean is(double c0, double c1, double c2, double c3) {
    double[] expected = {c0, c1, c2, c3};
    for (int power = 0; power <= DEGREE; power++) {
      if (!Scalars.isApproximately(coefficients[power], expected[power])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the operators that compute it, none when the value is x itself. */
  Set<Node> nodes() {
    return nodes;
  }

  /** Walks back from a value to x; a result of null means that it cannot be read. */
  private static final class Reading {
    private final Value x;
    private final Set<Node> nodes = new LinkedHashSet<>();

    Reading(Value x) {
      this.x = x;
    }

    double @Nullable [] read(Value value) {
      if (value.equals(x)) {
        return new double[] {0, 1, 0, 0};
      }
      OptionalDouble constant = Scalars.of(value);
      if (constant.isPresent()) {
        return new double[] {constant.getAsDouble(), 0, 0, 0};
      }
      Node node = value.producer().orElse(null);
      if (node == null || !node.is("Add", "Sub", "Mul", "Div", "Pow") || nodes.size() == LARGEST) {
        return null;
      }
      nodes.add(node);
      double[] left = read(node.requiredInput(0));
      double[] right = left == null ? null : read(node.requiredInput(1));
      return left == null || right == null ? null : combine(node.opType(), left, right);
    }

    private static double @Nullable [] combine(String opType, double[] left, double[] right) {
      return switch (opType) {
        case "Add" -> sum(left, right, 1);
        case "Sub" -> sum(left, right, -1);
        case "Mul" -> product(left, right);
        case "Div" ->
            isConstant(right) && right[0] != 0
                ? product(left, new double[] {1 / right[0], 0, 0, 0})
                : null;
        default -> isConstant(right) ? power(left, right[0]) : null;
      };
    }

    private static double[] sum(double[] left, double[] right, double sign) {
      double[] sum = new double[DEGREE + 1];
      for (int power = 0; power <= DEGREE; power++) {
        sum[power] = left[power] + sign * right[power];
      }
      return sum;
    }

    private static double @Nullable [] product(double[] left, double[] right) {
      double[] product = new double[DEGREE + 1];
      for (int i = 0; i <= DEGREE; i++) {
        for (int j = 0; j <= DEGREE; j++) {
          double term = left[i] * right[j];
          if (term != 0 && i + j > DEGREE) {
            return null;
          }
          if (term != 0) {
            product[i + j] += term;
          }
        }
      }
      return product;
    }

    private static double @Nullable [] power(double[] base, double exponent) {
      if (exponent != 2 && exponent != 3) {
        return null;
      }
      double[] square = product(base, base);
      return square == null || exponent == 2 ? square : product(square, base);
    }

    private static boolean isConstant(double[] coefficients) {
      return coefficients[1] == 0 && coefficients[2] == 0 && coefficients[3] == 0;
    }
  }
}
