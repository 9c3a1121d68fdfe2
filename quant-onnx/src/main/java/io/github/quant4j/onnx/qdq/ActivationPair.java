/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.ValueRange;
import java.util.List;
import java.util.Optional;

/**
 * One QuantizeLinear and one DequantizeLinear on an activation, per tensor, int8, zero point 0,
 * shared by every reader listed.
 *
 * @param tensor the activation
 * @param rangeSources the tensors the union of whose observed ranges gives the scale, sorted: the
 *     tensor itself, or others where tensors must share a scale
 * @param edges the readers that see the quantized tensor; all others read the float one
 * @param ruleId the rule that placed the pair
 * @param fixedRange the range that gives the scale where it follows from the function that computes
 *     the tensor, as that of a Softmax; empty where the range is observed
 */
public record ActivationPair(
    String tensor,
    List<String> rangeSources,
    List<Edge> edges,
    String ruleId,
    Optional<ValueRange> fixedRange) {
  /**
   * Copies the lists.
   *
   * @param tensor the activation
   * @param rangeSources the tensors the union of whose observed ranges gives the scale
   * @param edges the readers that see the quantized tensor
   * @param ruleId the rule that placed the pair
   * @param fixedRange the range that gives the scale, empty where it is observed
   */
  public ActivationPair {
    rangeSources = List.copyOf(rangeSources);
    edges = List.copyOf(edges);
  }
}
