/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the body of a function where a call of it stands.
 *
 * <p>Inputs and outputs of the body become those of the call, and every other value gets a name of
 * its own that begins with the name of the call.
 */
final class CallExpansion {
  private final Graph graph;
  private final Node call;
  private final Graph body;
  private final String prefix;
  private final Map<String, @Nullable Value> values = new HashMap<>();
  private final Map<Value, Value> copies = new LinkedHashMap<>();
  private final List<Node> added = new ArrayList<>();

  CallExpansion(Graph graph, Node call, Graph body) {
    this.graph = graph;
    this.call = call;
    this.body = body;
    String first = call.outputs().stream().findFirst().map(Value::name).orElse(call.opType());
    this.prefix = (call.name().isEmpty() ? first : call.name()) + "/";
  }

  /** Adds the nodes of the body before the call, whose outputs have no producer yet. */
  List<Node> expand() {
    bindInputs();
    requireWritableOutputs();
    bindInitializers();
    bindOutputs();
    for (Node node : body.nodes()) {
      node.outputs().forEach(output -> values.computeIfAbsent(output.name(), this::fresh));
    }
    body.nodes().forEach(this::add);
    copies.forEach((to, from) -> copy(from, to));
    return added;
  }

  private void bindInputs() {
    List<Value> formals = body.declaredInputs();
    for (int i = 0; i < formals.size(); i++) {
      values.put(formals.get(i).name(), call.input(i).orElse(null));
    }
  }

  private void requireWritableOutputs() {
    for (int i = 0; i < call.outputCount(); i++) {
      String formal = body.outputs().get(i).name();
      if (call.output(i).isPresent() && values.containsKey(formal) && values.get(formal) == null) {
        throw new OnnxException(
            "node \"%s\": output \"%s\" of function \"%s\" is an input the call leaves out"
                .formatted(call.label(), formal, call.opType()));
      }
    }
  }

  private void bindInitializers() {
    for (Value constant : body.initializers()) {
      Value copy = fresh(constant.name());
      graph.initialize(copy, StoredTensor.of(copy.name(), constant.constant().orElseThrow()));
      values.put(constant.name(), copy);
    }
  }

  private void bindOutputs() {
    for (int i = 0; i < call.outputCount(); i++) {
      Value formal = body.outputs().get(i);
      Value actual = call.output(i).orElse(null);
      Value written = values.get(formal.name());
      if (actual != null && written != null) {
        copies.put(actual, written);
      } else if (actual != null) {
        values.put(formal.name(), actual);
      }
    }
  }

  /** An output that is an input, a constant or another output needs a node to write it. */
  private void copy(Value from, Value to) {
    NodeProto identity =
        NodeProto.newBuilder().setOpType("Identity").setName(prefix + to.name()).build();
    insert(identity, List.of(from), List.of(to));
  }

  private Value fresh(String name) {
    return graph.define(graph.rewriter().freeName(prefix + name));
  }

  private void add(Node node) {
    NodeProto.Builder proto = node.proto().toBuilder();
    if (!node.name().isEmpty()) {
      proto.setName(prefix + node.name());
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    node.inputPositions().forEach(input -> inputs.add(actual(input)));
    List<@Nullable Value> outputs = new ArrayList<>();
    node.outputPositions().forEach(output -> outputs.add(actual(output)));
    insert(renamedBodies(proto.build()), inputs, outputs);
  }

  private @Nullable Value actual(@Nullable Value formal) {
    return formal == null ? null : values.get(formal.name());
  }

  private NodeProto renamedBodies(NodeProto proto) {
    if (SubgraphAttributes.of(proto).isEmpty()) {
      return proto;
    }
    Map<String, String> names = new HashMap<>();
    values.forEach((name, value) -> names.put(name, value == null ? "" : value.name()));
    for (String inner : SubgraphNames.of(proto).defined()) {
      names.put(inner, graph.rewriter().freeName(prefix + inner));
    }
    return new SubgraphRenaming(names).apply(proto);
  }

  private void insert(
      NodeProto proto, List<@Nullable Value> inputs, List<@Nullable Value> outputs) {
    Node node = new Node(proto, inputs, outputs);
    node.outputs().forEach(output -> output.setProducer(node));
    for (int i = 0; i < inputs.size(); i++) {
      Value input = inputs.get(i);
      if (input != null) {
        input.addUse(new Use(node, i));
      }
    }
    graph.connectBodies(node);
    graph.insertBefore(call, node);
    added.add(node);
  }
}
