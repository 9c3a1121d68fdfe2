/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@link Graph} of a stored one and refuses graphs that are not whole: a name defined
 * twice, a name nothing defines, a cycle.
 */
final class GraphReader {
  private final GraphProto proto;
  private final List<? extends StoredTensor> initializers;
  private final String what;
  private final @Nullable Graph outer;
  private final Graph graph;

  private GraphReader(
      GraphProto proto,
      List<? extends StoredTensor> initializers,
      @Nullable Graph outer,
      String what) {
    this.proto = proto;
    this.initializers = initializers;
    this.what = what;
    this.outer = outer;
    this.graph =
        new Graph(
            proto.toBuilder().clearNode().clearInitializer().clearInput().clearOutput().build(),
            outer);
  }

  /**
   * Reads a graph.
   *
   * @param proto the graph without its initializers
   * @param initializers the initializers, each under its name
   * @param what names the model in messages
   */
  static Graph read(GraphProto proto, List<StoredTensor> initializers, String what) {
    return read(new GraphReader(proto, initializers, null, what));
  }

  /** Reads a body, which sees the values of the graph around it. */
  static Graph readBody(GraphProto proto, Graph outer, String what) {
    List<InlineTensor> initializers =
        proto.getInitializerList().stream().map(tensor -> new InlineTensor(tensor, null)).toList();
    return read(new GraphReader(proto, initializers, outer, what));
  }

  private static Graph read(GraphReader reader) {
    reader.readInputs();
    reader.readInitializers();
    List<Node> nodes = reader.readNodes();
    reader.readOutputs();
    for (ValueInfoProto info : reader.proto.getValueInfoList()) {
      reader.graph.value(info.getName()).ifPresent(value -> value.declareIfOpen(info));
    }
    NodeOrder.sort(nodes, reader.what).forEach(reader.graph::append);
    return reader.graph;
  }

  private void readInputs() {
    for (ValueInfoProto info : proto.getInputList()) {
      Value value = define(info.getName(), "an input");
      value.declare(info);
      graph.declareInput(value);
    }
  }

  private void readInitializers() {
    for (StoredTensor tensor : initializers) {
      graph.initialize(inputOrNew(tensor.name()), tensor);
    }
    // Sparse initializers stay in the shell; their values exist, but their contents are not
    // offered.
    proto.getSparseInitializerList().forEach(sparse -> inputOrNew(sparse.getValues().getName()));
  }

  private Value inputOrNew(String name) {
    return graph
        .value(name)
        .filter(value -> value.isDeclaredInput() && !value.isConstant())
        .orElseGet(() -> define(name, "an initializer"));
  }

  private List<Node> readNodes() {
    for (NodeProto node : proto.getNodeList()) {
      for (String output : node.getOutputList()) {
        if (!output.isEmpty()) {
          define(output, "an output of node \"" + node.getName() + "\"");
        }
      }
    }
    List<Node> nodes = new ArrayList<>(proto.getNodeCount());
    proto.getNodeList().forEach(node -> nodes.add(connect(node)));
    return nodes;
  }

  private Node connect(NodeProto stored) {
    List<@Nullable Value> inputs = new ArrayList<>(stored.getInputCount());
    for (String name : stored.getInputList()) {
      inputs.add(name.isEmpty() ? null : existing(name, "node \"" + stored.getName() + "\""));
    }
    List<@Nullable Value> outputs = new ArrayList<>(stored.getOutputCount());
    for (String name : stored.getOutputList()) {
      outputs.add(name.isEmpty() ? null : existing(name, "the graph"));
    }
    Node node = new Node(stored, inputs, outputs);
    node.outputs().forEach(output -> output.setProducer(node));
    for (int i = 0; i < inputs.size(); i++) {
      Value input = inputs.get(i);
      if (input != null) {
        input.addUse(new Use(node, i));
      }
    }
    capture(node, SubgraphNames.of(stored));
    return node;
  }

  private void capture(Node node, SubgraphNames names) {
    graph.reserve(names.defined());
    for (String name : names.captured()) {
      node.capture(existing(name, "the body of node \"" + node + "\""));
    }
  }

  private void readOutputs() {
    for (ValueInfoProto info : proto.getOutputList()) {
      Value value = existing(info.getName(), "the list of graph outputs");
      value.declare(info);
      graph.declareOutput(value);
    }
  }

  private Value existing(String name, String reader) {
    return graph
        .value(name)
        .or(() -> visible(name))
        .orElseThrow(
            () ->
                new ModelFormatException(
                    "%s: %s reads \"%s\", which no input, initializer or node defines"
                        .formatted(what, reader, name)));
  }

  /** Stands in for a value of a graph around this one: it has a name and a type, no producer. */
  private Optional<Value> visible(String name) {
    return Optional.ofNullable(outer)
        .flatMap(around -> around.visible(name))
        .map(
            seen -> {
              Value stand = graph.define(name);
              ValueInfoProto declaration = seen.declaration();
              if (declaration != null) {
                stand.declare(declaration);
              }
              return stand;
            });
  }

  private Value define(String name, String role) {
    if (name.isEmpty()) {
      throw new ModelFormatException(what + ": " + role + " has no name");
    }
    if (graph.value(name).isPresent()) {
      throw new ModelFormatException(
          "%s: name \"%s\" is defined twice, the second time as %s".formatted(what, name, role));
    }
    return graph.define(name);
  }
}
