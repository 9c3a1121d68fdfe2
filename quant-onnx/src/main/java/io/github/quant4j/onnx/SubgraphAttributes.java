/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The graphs in the attributes of a stored node, in the order of the attributes. */
final class SubgraphAttributes {
  private SubgraphAttributes() {}

  static List<GraphProto> of(NodeProto node) {
    List<GraphProto> bodies = new ArrayList<>(0);
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        bodies.add(attribute.getG());
      }
      bodies.addAll(attribute.getGraphsList());
    }
    return bodies;
  }

  /** Returns the node with other graphs in the same places. */
  static NodeProto replace(NodeProto node, List<GraphProto> bodies) {
    Iterator<GraphProto> next = bodies.iterator();
    NodeProto.Builder changed = node.toBuilder();
    for (AttributeProto.Builder attribute : changed.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(next.next());
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, next.next());
      }
    }
    return changed.build();
  }
}
