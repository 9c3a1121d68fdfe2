/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * One input of a node: the place where a quantized tensor is read.
 *
 * @param node the name of the reading node
 * @param inputIndex the position among its inputs, from 0
 */
public record Edge(String node, int inputIndex) implements Comparable<Edge> {
  @Override
  public int compareTo(Edge other) {
    int byNode = node.compareTo(other.node);
    return byNode != 0 ? byNode : Integer.compare(inputIndex, other.inputIndex);
  }

  @Override
  public String toString() {
    return node + "[" + inputIndex + "]";
  }
}
