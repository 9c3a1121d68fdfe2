/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds HardSigmoid, as an operator or written as a Clip: {@code Clip(x + 3, 0, 6) / 6} and {@code
 * Clip(a * x + 0.5, 0, 1)}, with the slope 1/6 or 0.2. Run after {@link ActivationMatcher}, which
 * finds HardSwish with the same operators in it.
 */
final class HardSigmoidMatcher {
  /** How many operators with a constant may stand before the Clip. */
  private static final int LONGEST_LINE = 2;

  private final Matches matches;

  HardSigmoidMatcher(Matches matches) {
    this.matches = matches;
  }

  /** Notes the pattern around a Clip, or a HardSigmoid that stands alone. */
  void match(Node node) {
    if (node.is("HardSigmoid")) {
      note(node.requiredInput(0), node.output(), Set.of(node));
    } else if (node.is("Clip") && matches.covering(node).isEmpty()) {
      matchClip(node);
    }
  }

  private void matchClip(Node clip) {
    Value output = scaledOutput(clip);
    Optional<Polynomial> tail = Polynomial.of(output, clip.output());
    List<Value> inputs = inputs(clip);
    for (int i = inputs.size() - 1; i > 0 && tail.isPresent(); i--) {
      if (matchClip(clip, inputs.get(i), output, tail.get())) {
        return;
      }
    }
  }

  private boolean matchClip(Node clip, Value x, Value output, Polynomial tail) {
    Optional<Polynomial> line = Polynomial.of(clip.requiredInput(0), x);
    boolean isHardSigmoid =
        Scalars.isApproximately(tail.coefficient(0), 0)
            && line.flatMap(argument -> HardSigmoidShape.of(clip, argument))
                .map(shape -> shape.times(tail.coefficient(1)))
                .filter(shape -> shape.is(1.0 / 6) || shape.is(0.2))
                .isPresent();
    if (!isHardSigmoid || line.isEmpty()) {
      return false;
    }
    Set<Node> nodes = new LinkedHashSet<>(line.get().nodes());
    nodes.add(clip);
    nodes.addAll(tail.nodes());
    return note(x, output, nodes);
  }

  private boolean note(Value x, Value output, Set<Node> nodes) {
    boolean isFree = matches.isFree(nodes, output);
    if (isFree) {
      List<Node> sorted = matches.sorted(nodes);
      matches.add(new ActivationPattern(Function.HARD_SIGMOID, x, output, sorted));
    }
    return isFree;
  }

  /** Returns the Clip's output, or what a Mul or Div with a constant behind it makes of that. */
  private static Value scaledOutput(Node clip) {
    if (!clip.output().hasSingleReader()) {
      return clip.output();
    }
    Node reader = clip.output().uses().get(0).node();
    return reader.is("Mul", "Div") && Scalars.operandBesideConstant(reader).isPresent()
        ? reader.output()
        : clip.output();
  }

  /** Returns what the Clip reads, then what that is computed from by operators with a constant. */
  private static List<Value> inputs(Node clip) {
    List<Value> inputs = new ArrayList<>(List.of(clip.requiredInput(0)));
    for (int i = 0; i < LONGEST_LINE; i++) {
      Optional<Value> before = inputs.get(i).producer().flatMap(Scalars::operandBesideConstant);
      if (before.isEmpty()) {
        break;
      }
      inputs.add(before.get());
    }
    return inputs;
  }
}
