/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.List;
import java.util.Map;

/** Gives the values in the bodies of a node other names; the node's own names stay. */
final class SubgraphRenaming {
  private final Map<String, String> names;

  SubgraphRenaming(Map<String, String> names) {
    this.names = names;
  }

  NodeProto apply(NodeProto node) {
    List<GraphProto> bodies = SubgraphAttributes.of(node);
    return bodies.isEmpty()
        ? node
        : SubgraphAttributes.replace(node, bodies.stream().map(this::apply).toList());
  }

  private GraphProto apply(GraphProto body) {
    GraphProto.Builder renamed = body.toBuilder().clearNode();
    body.getNodeList().forEach(node -> renamed.addNode(renamed(node)));
    renamed.getInitializerBuilderList().forEach(tensor -> tensor.setName(name(tensor.getName())));
    renamed
        .getSparseInitializerBuilderList()
        .forEach(sparse -> sparse.getValuesBuilder().setName(name(sparse.getValues().getName())));
    renamed.getInputBuilderList().forEach(this::rename);
    renamed.getOutputBuilderList().forEach(this::rename);
    renamed.getValueInfoBuilderList().forEach(this::rename);
    return renamed.build();
  }

  private NodeProto renamed(NodeProto node) {
    NodeProto.Builder renamed = apply(node).toBuilder().clearInput().clearOutput();
    node.getInputList().forEach(input -> renamed.addInput(name(input)));
    node.getOutputList().forEach(output -> renamed.addOutput(name(output)));
    return renamed.build();
  }

  private void rename(ValueInfoProto.Builder info) {
    info.setName(name(info.getName()));
  }

  private String name(String old) {
    return names.getOrDefault(old, old);
  }
}
