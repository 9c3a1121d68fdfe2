/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The function {@code max(lower, min(upper, slope * x + offset))}, computed by a Clip or a
 * HardSigmoid whose argument is a straight line in x.
 */
record HardSigmoidShape(double slope, double offset, double lower, double upper) {

  /** Returns the function of a Clip or HardSigmoid, empty for other operators and other lines. */
  static Optional<HardSigmoidShape> of(Node core, Polynomial argument) {
    if (!argument.isLinear()) {
      return Optional.empty();
    }
    double slope = argument.coefficient(1);
    double offset = argument.coefficient(0);
    if (core.is("HardSigmoid")) {
      double alpha = core.real("alpha", 0.2f);
      double beta = core.real("beta", 0.5f);
      return Optional.of(new HardSigmoidShape(alpha * slope, alpha * offset + beta, 0, 1));
    }
    OptionalDouble lower = bound(core, 1, "min");
    OptionalDouble upper = bound(core, 2, "max");
    return core.is("Clip") && lower.isPresent() && upper.isPresent()
        ? Optional.of(new HardSigmoidShape(slope, offset, lower.getAsDouble(), upper.getAsDouble()))
        : Optional.empty();
  }

  HardSigmoidShape times(double factor) {
    return new HardSigmoidShape(slope * factor, offset * factor, lower * factor, upper * factor);
  }

  /** Tells whether this is a HardSigmoid of the given slope. */
  boolean is(double alpha) {
    return Scalars.isApproximately(slope, alpha)
        && Scalars.isApproximately(offset, 0.5)
        && Scalars.isApproximately(lower, 0)
        && Scalars.isApproximately(upper, 1);
  }

  /** Reads a bound of a Clip: an input since operator set 11, before that an attribute. */
  private static OptionalDouble bound(Node clip, int index, String attribute) {
    Optional<Value> input = clip.input(index);
    if (input.isPresent()) {
      return Scalars.of(input.get());
    }
    return clip.hasAttribute(attribute)
        ? OptionalDouble.of(clip.real(attribute, 0))
        : OptionalDouble.empty();
  }
}
