/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

/**
 * What TensorRT's ONNX parser has against a node. Immutable and thread-safe.
 *
 * @param node the name of the ONNX node; empty where the parser names none
 * @param operator the operator of the node; empty where the parser names none
 * @param text what the parser said, on one line
 */
public record ParserError(String node, String operator, String text) {

  /**
   * Creates an error.
   *
   * @param node the name of the ONNX node, or empty
   * @param operator the operator of the node, or empty
   * @param text what the parser said
   */
  public ParserError {
    requireNonNull(node, "node");
    requireNonNull(operator, "operator");
    requireNonNull(text, "text");
  }

  /**
   * Returns operator, node and text.
   *
   * @return e.g. {@code DequantizeLinear node 'dq_3': Assertion failed: ...}
   */
  @Override
  public String toString() {
    return operator.isEmpty() && node.isEmpty()
        ? text
        : "%s node '%s': %s".formatted(operator, node, text).stripLeading();
  }
}
