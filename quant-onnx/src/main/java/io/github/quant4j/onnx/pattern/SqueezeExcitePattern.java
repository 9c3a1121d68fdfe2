/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * A gate on the channels of an activation, computed from its average over space (squeeze and
 * excite): {@code x * sigmoid(f(average(x)))}, or {@code x + x * sigmoid(f(average(x)))}, where f
 * is made of one or two 1x1 convolutions or products with a constant matrix.
 *
 * @param input the activation x
 * @param gate the factor of each channel
 * @param output the gated activation
 * @param nodes the operators, in the order of the graph
 */
public record SqueezeExcitePattern(Value input, Value gate, Value output, List<Node> nodes)
    implements Pattern {
  /**
   * Copies the nodes.
   *
   * @param input the activation x
   * @param gate the factor of each channel
   * @param output the gated activation
   * @param nodes the operators, in the order of the graph
   */
  public SqueezeExcitePattern {
    nodes = List.copyOf(nodes);
  }

  @Override
  public String kind() {
    return "SqueezeExcite";
  }

  @Override
  public List<Value> inputs() {
    return List.of(input);
  }
}
