/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

/**
 * The precision in which one node of the graph is to be computed. Immutable and thread-safe.
 *
 * @param node the name of the ONNX node
 * @param precision the precision, {@link Precision#TF32} being the same as FP32 here
 */
public record NodePrecision(String node, Precision precision) {

  /**
   * Creates a wish.
   *
   * @param node the name of the ONNX node
   * @param precision the precision
   */
  public NodePrecision {
    requireNonNull(node, "node");
    requireNonNull(precision, "precision");
  }
}
