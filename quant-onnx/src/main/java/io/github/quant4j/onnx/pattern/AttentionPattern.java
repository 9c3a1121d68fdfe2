/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.OptionalLong;

/**
 * The core of an attention: {@code softmax(scale * Q K^T + mask) V}.
 *
 * <p>Its first and last node are the two products; between them lie scale, mask, softmax and casts.
 * A scale on Q or K, and the transpositions before the products, are left outside.
 *
 * @param probabilities the output of the softmax, as the second product reads it
 * @param sizes the sizes the products work on
 * @param nodes the operators, in the order of the graph
 */
public record AttentionPattern(Value probabilities, Sizes sizes, List<Node> nodes)
    implements Pattern {

  /**
   * What is known of the sizes.
   *
   * @param head elements of a query, a key and a value of one head; empty when not known, or when
   *     values have another size than queries
   * @param queries number of queries
   * @param keys number of keys
   */
  public record Sizes(OptionalLong head, OptionalLong queries, OptionalLong keys) {}

  /**
   * Copies the nodes.
   *
   * @param probabilities the output of the softmax
   * @param sizes the sizes the products work on
   * @param nodes the operators, in the order of the graph
   */
  public AttentionPattern {
    nodes = List.copyOf(nodes);
  }

  @Override
  public String kind() {
    return "Attention";
  }

  /**
   * Returns the product of queries and keys.
   *
   * @return a MatMul that reads Q and the transposed K
   */
  public Node scoreProduct() {
    return nodes.get(0);
  }

  /**
   * Returns the product of probabilities and values.
   *
   * @return a MatMul that reads the probabilities and V
   */
  public Node contextProduct() {
    return nodes.get(nodes.size() - 1);
  }

  /**
   * Returns Q, the transposed K, and V.
   *
   * @return the three values
   */
  @Override
  public List<Value> inputs() {
    return List.of(
        scoreProduct().requiredInput(0),
        scoreProduct().requiredInput(1),
        contextProduct().requiredInput(1));
  }

  @Override
  public Value output() {
    return contextProduct().output();
  }
}
