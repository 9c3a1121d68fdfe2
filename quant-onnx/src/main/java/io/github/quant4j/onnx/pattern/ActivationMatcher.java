/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds functions of the form {@code c * x * g(x)}: HardSwish, SiLU, Mish and GELU, each from the
 * Mul or Div that ends it.
 *
 * <p>One of the two factors is x; the other leads back, over sums and products with constants, to
 * the one operator that is no polynomial (the core: Sigmoid, HardSigmoid, Clip, Erf or Tanh), and
 * from there on to x.
 */
final class ActivationMatcher {
  private static final Map<String, Function> OPERATORS =
      Map.of("HardSwish", Function.HARD_SWISH, "Mish", Function.MISH, "Gelu", Function.GELU);

  /** How many operators with a constant may follow the core. */
  private static final int LONGEST_TAIL = 3;

  private static final double INVERSE_ROOT_OF_TWO = Math.sqrt(0.5);
  private static final double ROOT_OF_TWO_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;
  private static final double QUICK_GELU = 1.702;

  private final Matches matches;

  ActivationMatcher(Matches matches) {
    this.matches = matches;
  }

  /** Notes the pattern that ends in a node, where there is one. */
  void match(Node node) {
    if (node.is("Mul", "Div")) {
      Product.endingIn(node).ifPresent(product -> match(product, node.output()));
    } else if (node.domain().isEmpty() && OPERATORS.containsKey(node.opType())) {
      note(OPERATORS.get(node.opType()), node.requiredInput(0), node.output(), Set.of(node));
    } else if (node.is("Swish") && node.real("alpha", 1) == 1) {
      note(Function.SILU, node.requiredInput(0), node.output(), Set.of(node));
    }
  }

  private void match(Product product, Value output) {
    for (int gate = 0; gate < 2; gate++) {
      Value x = product.factor(1 - gate);
      Value factor = product.factor(gate);
      Optional<Node> core = core(factor);
      Optional<Polynomial> tail = core.flatMap(node -> Polynomial.of(factor, node.output()));
      if (core.isPresent() && tail.isPresent() && tail.get().isLinear()) {
        Gate candidate = new Gate(core.get(), x, product.coefficient(), tail.get());
        Optional<Function> function = candidate.function();
        if (function.isPresent()) {
          Set<Node> nodes = new LinkedHashSet<>(product.nodes());
          nodes.addAll(candidate.nodes);
          note(function.get(), x, output, nodes);
          return;
        }
      }
    }
  }

  private void note(Function function, Value input, Value output, Set<Node> nodes) {
    if (matches.isFree(nodes, output)) {
      matches.add(new ActivationPattern(function, input, output, matches.sorted(nodes)));
    }
  }

  /** Walks back over operators with a constant to the first that is no sum and no product. */
  private static Optional<Node> core(Value gate) {
    Value value = gate;
    for (int step = 0; step <= LONGEST_TAIL; step++) {
      Optional<Node> node = value.producer();
      if (node.isEmpty()) {
        return Optional.empty();
      }
      if (node.get().is("Sigmoid", "HardSigmoid", "Clip", "Erf", "Tanh")) {
        return node;
      }
      Optional<Value> before = Scalars.operandBesideConstant(node.get());
      if (before.isEmpty()) {
        return Optional.empty();
      }
      value = before.get();
    }
    return Optional.empty();
  }

  /** The factor g of {@code c * x * g(x)}, where g is {@code tail(core(argument(x)))}. */
  private static final class Gate {
    private final Node core;
    private final Value x;
    private final double slope;
    private final double offset;
    private final Set<Node> nodes;

    Gate(Node core, Value x, double coefficient, Polynomial tail) {
      this.core = core;
      this.x = x;
      this.slope = coefficient * tail.coefficient(1);
      this.offset = coefficient * tail.coefficient(0);
      this.nodes = new LinkedHashSet<>(tail.nodes());
      nodes.add(core);
    }

    Optional<Function> function() {
      if (core.is("Tanh") && isTail(1, 0)) {
        return mish();
      }
      Optional<Polynomial> argument = Polynomial.of(core.requiredInput(0), x);
      argument.ifPresent(polynomial -> nodes.addAll(polynomial.nodes()));
      return argument.flatMap(
          polynomial ->
              switch (core.opType()) {
                case "Sigmoid" -> sigmoid(polynomial);
                case "Erf" -> when(isHalfOfOnePlus() && isErfArgument(polynomial), Function.GELU);
                case "Tanh" -> when(isHalfOfOnePlus() && isTanhArgument(polynomial), Function.GELU);
                default -> when(isHardSigmoid(polynomial), Function.HARD_SWISH);
              });
    }

    private Optional<Function> mish() {
      Optional<Node> softplus =
          core.requiredInput(0)
              .producer()
              .filter(node -> node.is("Softplus") && node.requiredInput(0).equals(x));
      softplus.ifPresent(nodes::add);
      return softplus.map(node -> Function.MISH);
    }

    private Optional<Function> sigmoid(Polynomial argument) {
      if (!isTail(1, 0)) {
        return Optional.empty();
      }
      return argument.isLine(1, 0)
          ? Optional.of(Function.SILU)
          : when(argument.isLine(QUICK_GELU, 0), Function.GELU);
    }

    private boolean isHardSigmoid(Polynomial argument) {
      return HardSigmoidShape.of(core, argument)
          .filter(shape -> shape.times(slope).is(1.0 / 6) && Scalars.isApproximately(offset, 0))
          .isPresent();
    }

    private static boolean isErfArgument(Polynomial argument) {
      return argument.isLine(INVERSE_ROOT_OF_TWO, 0);
    }

    private static boolean isTanhArgument(Polynomial argument) {
      return argument.is(0, ROOT_OF_TWO_OVER_PI, 0, ROOT_OF_TWO_OVER_PI * CUBIC);
    }

    private boolean isHalfOfOnePlus() {
      return isTail(0.5, 0.5);
    }

    private boolean isTail(double expectedSlope, double expectedOffset) {
      return Scalars.isApproximately(slope, expectedSlope)
          && Scalars.isApproximately(offset, expectedOffset);
    }

    private static Optional<Function> when(boolean holds, Function function) {
      return holds ? Optional.of(function) : Optional.empty();
    }
  }
}
