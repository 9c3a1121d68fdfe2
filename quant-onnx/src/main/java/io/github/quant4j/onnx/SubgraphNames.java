/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The names that the bodies of If, Loop and Scan nodes define, and those they read from outside.
 *
 * <p>A body sees the values of every graph around it, so a name it reads without defining it is a
 * capture; and no new value outside may take a name a body defines.
 */
final class SubgraphNames {
  private final Set<String> defined = new HashSet<>();
  private final Set<String> captured = new LinkedHashSet<>();
  private final Deque<Set<String>> scopes = new ArrayDeque<>();

  private SubgraphNames() {}

  /** Collects over the subgraphs in the attributes of one node of the main graph. */
  static SubgraphNames of(NodeProto node) {
    SubgraphNames names = new SubgraphNames();
    names.visitAttributes(node);
    return names;
  }

  Set<String> defined() {
    return defined;
  }

  Set<String> captured() {
    return captured;
  }

  private void visitAttributes(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        visit(attribute.getG());
      }
      attribute.getGraphsList().forEach(this::visit);
    }
  }

  private void visit(GraphProto graph) {
    Set<String> scope = new HashSet<>();
    graph.getInputList().forEach(input -> scope.add(input.getName()));
    graph.getInitializerList().forEach(initializer -> scope.add(initializer.getName()));
    graph
        .getSparseInitializerList()
        .forEach(initializer -> scope.add(initializer.getValues().getName()));
    graph.getNodeList().forEach(node -> scope.addAll(node.getOutputList()));
    defined.addAll(scope);
    scopes.push(scope);
    for (NodeProto node : graph.getNodeList()) {
      node.getInputList().forEach(this::read);
      visitAttributes(node);
    }
    graph.getOutputList().forEach(output -> read(output.getName()));
    scopes.pop();
  }

  private void read(String name) {
    if (!name.isEmpty() && scopes.stream().noneMatch(scope -> scope.contains(name))) {
      captured.add(name);
    }
  }
}
