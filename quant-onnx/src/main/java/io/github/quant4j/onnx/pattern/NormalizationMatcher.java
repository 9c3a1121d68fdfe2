/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.NormalizationPattern.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds {@code d / sqrt(mean(d^2) + epsilon)}, each from the Div or Mul that scales d: a layer
 * normalization where d is {@code x - mean(x)}, an RMS normalization else. A constant factor and a
 * constant summand behind it belong to it.
 */
final class NormalizationMatcher {
  private final Matches matches;

  NormalizationMatcher(Matches matches) {
    this.matches = matches;
  }

  /** Notes the pattern that has a node as its scaling, where there is one. */
  void match(Node node) {
    if (node.is("LayerNormalization")) {
      note(Statistics.MEAN_AND_VARIANCE, node.requiredInput(0), node.output(), Set.of(node));
    } else if (node.is("RMSNormalization")) {
      note(Statistics.MEAN_SQUARE, node.requiredInput(0), node.output(), Set.of(node));
    } else if (node.is("Div")) {
      match(node, node.requiredInput(0), node.requiredInput(1), false);
    } else if (node.is("Mul")) {
      match(node, node.requiredInput(0), node.requiredInput(1), true);
      match(node, node.requiredInput(1), node.requiredInput(0), true);
    }
  }

  private void match(Node scaling, Value centered, Value deviation, boolean isInverse) {
    Chain chain = new Chain();
    chain.nodes.add(scaling);
    Optional<Value> root = isInverse ? chain.inverseOf(deviation) : Optional.of(deviation);
    Optional<Node> mean = root.flatMap(chain::meanUnderRoot);
    Optional<Value> squared = mean.flatMap(chain::squareUnderMean);
    if (mean.isEmpty() || squared.isEmpty()) {
      return;
    }
    Optional<Value> input = chain.centeredOf(centered, squared.get(), mean.get());
    if (input.isPresent()) {
      note(Statistics.MEAN_AND_VARIANCE, input.get(), withConstants(scaling, chain), chain.nodes);
    } else if (centered.equals(squared.get())) {
      note(Statistics.MEAN_SQUARE, centered, withConstants(scaling, chain), chain.nodes);
    }
  }

  private void note(Statistics statistics, Value input, Value output, Set<Node> nodes) {
    if (matches.isFree(nodes, output)) {
      matches.add(new NormalizationPattern(statistics, input, output, matches.sorted(nodes)));
    }
  }

  /** Takes a factor and a summand behind the scaling in, and returns what comes out then. */
  private static Value withConstants(Node scaling, Chain chain) {
    Value output = scaling.output();
    for (String opType : List.of("Mul", "Add")) {
      Optional<Node> reader =
          Optional.of(output)
              .filter(Value::hasSingleReader)
              .map(value -> value.uses().get(0).node())
              .filter(node -> node.is(opType))
              .filter(node -> node.inputs().stream().anyMatch(Value::isConstant));
      if (reader.isPresent()) {
        chain.nodes.add(reader.get());
        output = reader.get().output();
      }
    }
    return output;
  }

  /** The nodes met on the way back from the scaling. */
  private static final class Chain {
    private final Set<Node> nodes = new LinkedHashSet<>();

    /** Returns s of {@code 1 / s}; of {@code v^-0.5} it is the value itself. */
    Optional<Value> inverseOf(Value value) {
      Optional<Node> node = value.producer();
      if (node.filter(n -> isPower(n, -0.5)).isPresent()) {
        return Optional.of(value);
      }
      return node.filter(n -> n.is("Reciprocal") || isOneOver(n))
          .map(
              n -> {
                nodes.add(n);
                return n.requiredInput(n.is("Reciprocal") ? 0 : 1);
              });
    }

    /** Returns the ReduceMean of {@code sqrt(mean + epsilon)}. */
    Optional<Node> meanUnderRoot(Value root) {
      return root.producer()
          .filter(node -> node.is("Sqrt") || isPower(node, 0.5) || isPower(node, -0.5))
          .flatMap(
              node -> {
                nodes.add(node);
                return node.requiredInput(0).producer();
              })
          .filter(node -> node.is("Add"))
          .flatMap(
              node -> {
                nodes.add(node);
                return Scalars.operandBesideConstant(node).flatMap(Value::producer);
              })
          .filter(NormalizationMatcher::isMean);
    }

    /** Returns d of {@code mean(d * d)} or {@code mean(d^2)}. */
    Optional<Value> squareUnderMean(Node mean) {
      nodes.add(mean);
      Optional<Node> square =
          mean.requiredInput(0).producer().filter(node -> isPower(node, 2) || isSquare(node));
      square.ifPresent(nodes::add);
      return square.map(node -> node.requiredInput(0));
    }

    /**
     * Returns x where both values are {@code x - mean(x)} over the axes of the second mean; some
     * exporters write that difference twice.
     */
    Optional<Value> centeredOf(Value centered, Value squared, Node secondMean) {
      Optional<Node> first = centered.producer().filter(node -> node.is("Sub"));
      Optional<Node> second = squared.producer().filter(node -> node.is("Sub"));
      if (first.isEmpty() || second.isEmpty()) {
        return Optional.empty();
      }
      Value x = first.get().requiredInput(0);
      List<Node> means = new ArrayList<>();
      for (Node difference : List.of(first.get(), second.get())) {
        difference
            .requiredInput(1)
            .producer()
            .filter(node -> isMean(node) && node.requiredInput(0).equals(x))
            .filter(node -> ReducedAxes.of(node).equals(ReducedAxes.of(secondMean)))
            .filter(node -> difference.requiredInput(0).equals(x))
            .ifPresent(means::add);
      }
      if (means.size() < 2) {
        return Optional.empty();
      }
      nodes.add(first.get());
      nodes.add(second.get());
      nodes.addAll(means);
      return Optional.of(x);
    }
  }

  private static boolean isPower(Node node, double exponent) {
    return node.is("Pow") && is(Scalars.of(node.requiredInput(1)), exponent);
  }

  private static boolean isSquare(Node node) {
    return node.is("Mul") && node.requiredInput(0).equals(node.requiredInput(1));
  }

  private static boolean isOneOver(Node node) {
    return node.is("Div") && is(Scalars.of(node.requiredInput(0)), 1);
  }

  private static boolean is(OptionalDouble number, double expected) {
    return number.isPresent() && number.getAsDouble() == expected;
  }

  private static boolean isMean(Node node) {
    return node.is("ReduceMean")
        && node.integer("keepdims", 1) == 1
        && ReducedAxes.of(node).isPresent();
  }
}
