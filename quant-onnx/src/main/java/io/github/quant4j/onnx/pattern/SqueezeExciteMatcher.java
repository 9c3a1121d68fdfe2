/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds gates on channels, each from the Mul that applies the gate: back over the gate's function,
 * one or two convolutions or products with what stands around them, to an average over space of the
 * very tensor that is multiplied. Run last: the activations met on the way become part of it.
 */
final class SqueezeExciteMatcher {
  /** How many steps lead from the gate back to the average at most. */
  private static final int LONGEST_BRANCH = 14;

  private final Matches matches;

  SqueezeExciteMatcher(Matches matches) {
    this.matches = matches;
  }

  /** Notes the gate that a Mul applies, where there is one. */
  void match(Node mul) {
    if (!mul.is("Mul") || matches.covering(mul).isPresent()) {
      return;
    }
    for (int gate = 0; gate < 2; gate++) {
      Value factor = mul.requiredInput(gate);
      Value input = mul.requiredInput(1 - gate);
      Branch branch = new Branch();
      if (!input.isConstant() && branch.leadsTo(input, factor)) {
        note(branch, mul, input, factor);
        return;
      }
    }
  }

  private void note(Branch branch, Node mul, Value input, Value gate) {
    Set<Node> nodes = new LinkedHashSet<>(branch.nodes);
    nodes.add(mul);
    Value output = mul.output();
    Optional<Node> residual = residual(output, input);
    if (residual.isPresent()) {
      nodes.add(residual.get());
      output = residual.get().output();
    }
    branch.activations.forEach(matches::remove);
    if (matches.isFree(nodes, output)) {
      matches.add(new SqueezeExcitePattern(input, gate, output, matches.sorted(nodes)));
    } else {
      branch.activations.forEach(matches::add);
    }
  }

  /** Returns the Add of the gated to the ungated activation. */
  private static Optional<Node> residual(Value gated, Value input) {
    return Optional.of(gated)
        .filter(Value::hasSingleReader)
        .map(value -> value.uses().get(0))
        .filter(use -> use.node().is("Add"))
        .filter(use -> use.node().requiredInput(1 - use.inputIndex()).equals(input))
        .map(Use::node);
  }

  /** The way from a gate back to the average. */
  private final class Branch {
    private final Set<Node> nodes = new LinkedHashSet<>();
    private final List<Pattern> activations = new ArrayList<>();
    private boolean hasFunction;
    private int weightedCount;

    boolean leadsTo(Value input, Value gate) {
      Value value = gate;
      for (int step = 0; step < LONGEST_BRANCH; step++) {
        Optional<Node> node = value.producer();
        if (node.isEmpty()) {
          return false;
        }
        if (isSpatialMean(node.get())) {
          nodes.add(node.get());
          return weightedCount > 0 && node.get().requiredInput(0).equals(input);
        }
        Optional<Value> before = before(value, node.get());
        if (before.isEmpty()) {
          return false;
        }
        value = before.get();
      }
      return false;
    }

    /** Takes an operator, or an activation of several, and returns what it reads. */
    private Optional<Value> before(Value value, Node node) {
      if (!hasFunction && node.is("Sigmoid")) {
        hasFunction = true;
        return take(node);
      }
      Optional<ActivationPattern> activation =
          matches
              .endingAt(value)
              .filter(ActivationPattern.class::isInstance)
              .map(ActivationPattern.class::cast);
      if (activation.isPresent() && (hasFunction || isHardSigmoid(activation.get()))) {
        hasFunction = true;
        nodes.addAll(activation.get().nodes());
        activations.add(activation.get());
        return Optional.of(activation.get().input());
      }
      if (isMovement(node)) {
        return take(node);
      }
      return hasFunction ? beforeWeighted(node) : Optional.empty();
    }

    private Optional<Value> beforeWeighted(Node node) {
      if (isWeighted(node)) {
        weightedCount++;
        return weightedCount <= 2 ? take(node) : Optional.empty();
      }
      if (node.is("Relu", "Clip", "LeakyRelu", "PRelu", "BatchNormalization")) {
        return take(node);
      }
      if (node.is("Add", "Mul") && node.inputs().stream().anyMatch(Value::isConstant)) {
        nodes.add(node);
        return node.inputs().stream().filter(input -> !input.isConstant()).findFirst();
      }
      return Optional.empty();
    }

    private Optional<Value> take(Node node) {
      nodes.add(node);
      return node.input(0);
    }
  }

  private static boolean isHardSigmoid(ActivationPattern activation) {
    return activation.function() == Function.HARD_SIGMOID;
  }

  private static boolean isWeighted(Node node) {
    return node.is("Conv", "Gemm", "MatMul") && node.input(1).filter(Value::isConstant).isPresent();
  }

  private static boolean isMovement(Node node) {
    return node.is("Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze");
  }

  private static boolean isSpatialMean(Node node) {
    return node.is("GlobalAveragePool") || (node.is("ReduceMean") && ReducedAxes.areSpatial(node));
  }
}
