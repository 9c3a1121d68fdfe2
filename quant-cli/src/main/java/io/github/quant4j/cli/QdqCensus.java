/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * How much of a graph is quantized explicitly.
 *
 * @param activationPairs QuantizeLinear nodes on computed tensors whose codes a DequantizeLinear
 *     reads
 * @param weights DequantizeLinear nodes on constants of at most 16 bits, and QuantizeLinear nodes
 *     on constants whose codes a DequantizeLinear reads
 * @param biases DequantizeLinear nodes on int32 constants
 */
record QdqCensus(long activationPairs, long weights, long biases) {
  static QdqCensus of(Graph graph) {
    List<Node> nodes = graph.nodes();
    return new QdqCensus(
        nodes.stream().filter(node -> isPairedQuantizer(node, false)).count(),
        nodes.stream()
            .filter(node -> isConstantDequantizer(node, false) || isPairedQuantizer(node, true))
            .count(),
        nodes.stream().filter(node -> isConstantDequantizer(node, true)).count());
  }

  private static boolean isPairedQuantizer(Node node, boolean ofConstant) {
    return node.is("QuantizeLinear")
        && node.input(0).filter(read -> read.isConstant() == ofConstant).isPresent()
        && node.output().uses().stream().anyMatch(use -> use.node().is("DequantizeLinear"));
  }

  private static boolean isConstantDequantizer(Node node, boolean ofInt32) {
    return node.is("DequantizeLinear")
        && node.input(0)
            .filter(Value::isConstant)
            .filter(codes -> InitializerSize.of(codes).isOf(ElementType.INT32) == ofInt32)
            .isPresent();
  }
}
