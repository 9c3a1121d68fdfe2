/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A QuantizeLinear on a tensor that is not constant, with the DequantizeLinear nodes that read its
 * codes. Codes that are an output of the graph, or read by other operators, have readers that are
 * not listed.
 *
 * @param quantize the QuantizeLinear
 * @param dequantizes the DequantizeLinear nodes, possibly none
 */
record QuantizedActivation(Quantizer quantize, List<Quantizer> dequantizes) {
  QuantizedActivation {
    dequantizes = List.copyOf(dequantizes);
  }

  /** Returns all of a graph, in the order of its nodes. */
  static List<QuantizedActivation> of(Graph graph) {
    List<QuantizedActivation> found = new ArrayList<>();
    for (Node node : graph.nodes()) {
      of(node).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  /** Returns that of one node, empty for other nodes and constants. */
  static Optional<QuantizedActivation> of(Node node) {
    return Quantizer.of(node)
        .filter(quantizer -> quantizer.isQuantize() && !quantizer.data().isConstant())
        .map(quantizer -> new QuantizedActivation(quantizer, readers(quantizer.output())));
  }

  /** Returns the pair that a value comes out of, empty where it comes out of something else. */
  static Optional<QuantizedActivation> behind(Value value) {
    return value
        .producer()
        .filter(node -> node.is("DequantizeLinear"))
        .flatMap(node -> node.input(0))
        .flatMap(Value::producer)
        .flatMap(QuantizedActivation::of);
  }

  /** Returns the pair that a value comes out of, empty where its two nodes state other numbers. */
  static Optional<QuantizedActivation> agreedBehind(Value value) {
    return behind(value)
        .filter(pair -> Quantizer.behind(value).filter(pair.quantize::hasParametersOf).isPresent());
  }

  /** Returns the first pair of symmetric int8, of one scale, that readers of a tensor have. */
  static Optional<QuantizedActivation> symmetricOn(Value tensor) {
    return tensor.uses().stream()
        .filter(use -> use.inputIndex() == 0)
        .flatMap(use -> of(use.node()).stream())
        .filter(pair -> pair.quantize.isSymmetricInt8() && pair.isAgreed())
        .findFirst();
  }

  /** Tells whether there are DequantizeLinear nodes, and all say what the QuantizeLinear says. */
  private boolean isAgreed() {
    return !dequantizes.isEmpty() && dequantizes.stream().allMatch(quantize::hasParametersOf);
  }

  /** Returns the DequantizeLinear nodes that read codes, in the order they were connected. */
  static List<Quantizer> readers(Value codes) {
    List<Quantizer> readers = new ArrayList<>();
    for (Use use : codes.uses()) {
      if (use.inputIndex() == 0 && use.node().is("DequantizeLinear")) {
        Quantizer.of(use.node()).ifPresent(readers::add);
      }
    }
    return readers;
  }

  /** Returns the float tensor that is quantized. */
  Value tensor() {
    return quantize.data();
  }

  /** Tells whether DequantizeLinear nodes are all that reads the codes, and there is one. */
  boolean isClosed() {
    Value codes = quantize.output();
    return !dequantizes.isEmpty()
        && dequantizes.size() == codes.uses().size()
        && !codes.isGraphOutput()
        && !codes.isCaptured();
  }

  /** Returns the QuantizeLinear and the DequantizeLinear nodes. */
  List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    nodes.add(quantize.node());
    dequantizes.forEach(reader -> nodes.add(reader.node()));
    return List.copyOf(nodes);
  }

  Site site() {
    return Site.of(quantize.node(), tensor());
  }
}
