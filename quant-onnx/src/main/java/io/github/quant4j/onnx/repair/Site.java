/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;

/**
 * The place of a defect.
 *
 * @param node the label of the node: its name, or its operator and first output
 * @param tensor the name of the tensor concerned
 */
public record Site(String node, String tensor) {
  /**
   * Checks that both are there.
   *
   * @param node the label of the node
   * @param tensor the name of the tensor concerned
   */
  public Site {
    requireNonNull(node, "node");
    requireNonNull(tensor, "tensor");
  }

  static Site of(Node node, Value tensor) {
    return new Site(node.label(), tensor.name());
  }

  @Override
  public String toString() {
    return "node \"" + node + "\", tensor \"" + tensor + "\"";
  }
}
