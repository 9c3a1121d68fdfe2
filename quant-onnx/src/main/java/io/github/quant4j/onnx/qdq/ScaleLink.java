/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;

/**
 * A node whose outputs are to have the scale of its inputs, because it only moves or selects
 * elements: then codes go through it as they are.
 *
 * @param node the node's name
 * @param reads the reads that see quantized tensors for its sake alone; without those whose tensor
 *     comes out of another such node, or reaches it over a copy that others read too
 * @param inputs the tensors that give its scale
 * @param outputs the tensors that take it; each holds no value its inputs do not hold
 */
record ScaleLink(String node, List<Edge> reads, List<String> inputs, List<String> outputs) {
  ScaleLink {
    reads = List.copyOf(reads);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
