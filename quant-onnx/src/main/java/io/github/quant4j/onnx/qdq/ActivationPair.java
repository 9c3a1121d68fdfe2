/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;

/**
 * One QuantizeLinear and one DequantizeLinear on an activation, per tensor, int8, zero point 0,
 * shared by every reader listed.
 *
 * @param tensor the activation
 * @param rangeSource the tensor whose observed range gives the scale; another one than {@code
 *     tensor} where two tensors must share a scale
 * @param edges the readers that see the quantized tensor; all others read the float one
 * @param ruleId the rule that placed the pair
 */
public record ActivationPair(String tensor, String rangeSource, List<Edge> edges, String ruleId) {
  /**
   * Copies the edges.
   *
   * @param tensor the activation
   * @param rangeSource the tensor whose observed range gives the scale
   * @param edges the readers that see the quantized tensor
   * @param ruleId the rule that placed the pair
   */
  public ActivationPair {
    edges = List.copyOf(edges);
  }
}
