/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * A function of one activation, element by element, as one operator or as several.
 *
 * @param function the function
 * @param input the activation x
 * @param output the function of x
 * @param nodes the operators, in the order of the graph
 */
public record ActivationPattern(Function function, Value input, Value output, List<Node> nodes)
    implements Pattern {

  /** The functions that are recognised. */
  public enum Function {
    /**
     * {@code max(0, min(1, alpha * x + 0.5))} with alpha 1/6 or 0.2; any alpha, beta as operator.
     */
    HARD_SIGMOID("HardSigmoid"),
    /** {@code x * max(0, min(1, x / 6 + 0.5))}. */
    HARD_SWISH("HardSwish"),
    /** {@code x * sigmoid(x)}. */
    SILU("SiLU"),
    /** {@code x * tanh(softplus(x))}. */
    MISH("Mish"),
    /**
     * {@code 0.5 * x * (1 + erf(x / sqrt(2)))}, its approximation by tanh, or by {@code x *
     * sigmoid(1.702 * x)}.
     */
    GELU("GELU");

    private final String kind;

    Function(String kind) {
      this.kind = kind;
    }
  }

  /**
   * Copies the nodes.
   *
   * @param function the function
   * @param input the activation x
   * @param output the function of x
   * @param nodes the operators, in the order of the graph
   */
  public ActivationPattern {
    nodes = List.copyOf(nodes);
  }

  @Override
  public String kind() {
    return function.kind;
  }

  @Override
  public List<Value> inputs() {
    return List.of(input);
  }
}
