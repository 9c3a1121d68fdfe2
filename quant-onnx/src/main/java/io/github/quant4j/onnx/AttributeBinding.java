/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces the attributes that the body of a function refers to by name with what a call states, or
 * else with the function's default; one that neither gives is left out, so that the operator in the
 * body takes its own default.
 */
final class AttributeBinding {
  private final Map<String, AttributeProto> bound = new HashMap<>();

  AttributeBinding(FunctionProto function, NodeProto call) {
    function.getAttributeProtoList().forEach(this::put);
    call.getAttributeList().forEach(this::put);
  }

  private void put(AttributeProto attribute) {
    bound.put(attribute.getName(), attribute);
  }

  NodeProto bind(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder().clearAttribute();
    for (AttributeProto attribute : node.getAttributeList()) {
      AttributeProto value =
          attribute.getRefAttrName().isEmpty() ? attribute : bound.get(attribute.getRefAttrName());
      if (value != null) {
        changed.addAttribute(value.toBuilder().setName(attribute.getName()));
      }
    }
    NodeProto flat = changed.build();
    List<GraphProto> bodies = SubgraphAttributes.of(flat);
    return bodies.isEmpty()
        ? flat
        : SubgraphAttributes.replace(flat, bodies.stream().map(this::bind).toList());
  }

  private GraphProto bind(GraphProto body) {
    GraphProto.Builder changed = body.toBuilder().clearNode();
    body.getNodeList().forEach(node -> changed.addNode(bind(node)));
    return changed.build();
  }
}
