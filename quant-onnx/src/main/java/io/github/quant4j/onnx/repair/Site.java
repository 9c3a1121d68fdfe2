/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;

/**
 * The place of a defect.
 *
 * @param node the label of the node: its name, or its operator and first output; empty for a defect
 *     of the model as a whole
 * @param tensor the name of the tensor concerned, empty where it is about none
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

  /**
   * Returns the place of what is wrong with a model as a whole.
   *
   * @return a place without node and tensor
   */
  public static Site ofModel() {
    return new Site("", "");
  }

  /**
   * Returns the place of what is wrong with a node rather than with a tensor it reads.
   *
   * @param node the node
   * @return its label, and the first tensor it writes
   */
  public static Site of(Node node) {
    return new Site(node.label(), node.output(0).map(Value::name).orElse(""));
  }

  static Site of(Node node, Value tensor) {
    return new Site(node.label(), tensor.name());
  }

  @Override
  public String toString() {
    String place = node.isEmpty() ? "the model" : "node \"" + node + "\"";
    return tensor.isEmpty() ? place : place + ", tensor \"" + tensor + "\"";
  }
}
