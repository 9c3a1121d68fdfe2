/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * A normalization by statistics of the activation itself, with its constant factor and summand, as
 * one operator or as several.
 *
 * @param statistics what is taken out of the activation
 * @param input the activation x
 * @param output the normalized activation
 * @param nodes the operators, in the order of the graph
 */
public record NormalizationPattern(
    Statistics statistics, Value input, Value output, List<Node> nodes) implements Pattern {

  /** What a normalization takes out. */
  public enum Statistics {
    /** Mean and variance: {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)}. */
    MEAN_AND_VARIANCE("LayerNormalization"),
    /** The mean square: {@code x / sqrt(mean(x^2) + epsilon)}. */
    MEAN_SQUARE("RMSNormalization");

    private final String kind;

    Statistics(String kind) {
      this.kind = kind;
    }
  }

  /**
   * Copies the nodes.
   *
   * @param statistics what is taken out of the activation
   * @param input the activation x
   * @param output the normalized activation
   * @param nodes the operators, in the order of the graph
   */
  public NormalizationPattern {
    nodes = List.copyOf(nodes);
  }

  @Override
  public String kind() {
    return statistics.kind;
  }

  @Override
  public List<Value> inputs() {
    return List.of(input);
  }
}
