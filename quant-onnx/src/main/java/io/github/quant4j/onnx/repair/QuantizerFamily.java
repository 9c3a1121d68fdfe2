/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes that should say the same of one tensor: a QuantizeLinear with the DequantizeLinear
 * nodes that read its codes, or a DequantizeLinear of codes that come from elsewhere.
 *
 * @param members the nodes, the QuantizeLinear first
 */
record QuantizerFamily(List<Quantizer> members) {
  QuantizerFamily {
    members = List.copyOf(members);
  }

  /** Returns all of a graph, in the order of their first nodes. */
  static List<QuantizerFamily> of(Graph graph) {
    List<QuantizerFamily> families = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Quantizer.of(node)
          .filter(found -> found.isQuantize() || !readsCodesOfQuantize(found))
          .ifPresent(found -> families.add(of(found)));
    }
    return List.copyOf(families);
  }

  private static boolean readsCodesOfQuantize(Quantizer dequantize) {
    return dequantize.data().producer().flatMap(Quantizer::of).isPresent();
  }

  private static QuantizerFamily of(Quantizer head) {
    List<Quantizer> members = new ArrayList<>(List.of(head));
    if (head.isQuantize()) {
      members.addAll(QuantizedActivation.readers(head.output()));
    }
    return new QuantizerFamily(members);
  }

  Quantizer head() {
    return members.get(0);
  }

  /** Tells whether the tensor is a constant: a weight or a bias, or its codes. */
  boolean isConstant() {
    return head().data().isConstant();
  }

  /** Tells whether this is a DequantizeLinear of constant codes of type int8, uint8 or int32. */
  boolean isConstantCodes() {
    return !head().isQuantize()
        && head().data().constantElementType().filter(CodeTypes::isKnown).isPresent();
  }

  /** Tells whether the codes are written and read by these nodes alone. */
  boolean isClosed() {
    Value codes = head().output();
    return head().isQuantize()
        && codes.uses().size() == members.size() - 1
        && !codes.isGraphOutput()
        && !codes.isCaptured();
  }

  List<Node> nodes() {
    return members.stream().map(Quantizer::node).toList();
  }

  Site site() {
    return Site.of(head().node(), head().data());
  }
}
