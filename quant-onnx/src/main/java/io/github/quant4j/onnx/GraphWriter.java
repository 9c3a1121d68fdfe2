/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stores a {@link Graph}; what was not changed is stored as it was read. */
final class GraphWriter {
  private GraphWriter() {}

  /** Stores a graph with each initializer in the given form. */
  static GraphProto write(Graph graph, Function<StoredTensor, TensorProto> form) {
    GraphProto.Builder stored = withoutInitializers(graph).toBuilder();
    initializers(graph).forEach(tensor -> stored.addInitializer(form.apply(tensor)));
    return stored.build();
  }

  static List<StoredTensor> initializers(Graph graph) {
    List<StoredTensor> tensors = new ArrayList<>();
    for (Value initializer : graph.initializers()) {
      StoredTensor tensor = initializer.storedTensor();
      if (tensor != null) {
        tensors.add(tensor);
      }
    }
    return tensors;
  }

  static GraphProto withoutInitializers(Graph graph) {
    GraphProto.Builder stored = graph.shell().toBuilder().clearValueInfo();
    for (ValueInfoProto info : graph.shell().getValueInfoList()) {
      if (!graph.isTypeObsolete(info.getName())) {
        stored.addValueInfo(current(graph, info));
      }
    }
    graph.newlyDeclared().forEach(value -> stored.addValueInfo(declaration(value)));
    graph.nodes().forEach(node -> stored.addNode(store(node)));
    graph.declaredInputs().forEach(input -> stored.addInput(declaration(input)));
    graph.outputs().forEach(output -> stored.addOutput(declaration(output)));
    return stored.build();
  }

  /** Returns what is declared of a value now; its type may have changed since it was read. */
  private static ValueInfoProto current(Graph graph, ValueInfoProto info) {
    return graph
        .value(info.getName())
        .filter(Value::isRetyped)
        .map(GraphWriter::declaration)
        .orElse(info);
  }

  /** A value made an output without a declared type is a float tensor: only those are observed. */
  private static ValueInfoProto declaration(Value value) {
    ValueInfoProto declared = value.declaration();
    return declared != null ? declared : TypeCodec.anyShape(value.name(), ElementType.FLOAT);
  }

  private static NodeProto store(Node node) {
    NodeProto proto = node.proto();
    if (namesMatch(node.inputPositions(), proto.getInputList())
        && namesMatch(node.outputPositions(), proto.getOutputList())) {
      return proto;
    }
    NodeProto.Builder stored = proto.toBuilder().clearInput().clearOutput();
    node.inputPositions().forEach(value -> stored.addInput(name(value)));
    node.outputPositions().forEach(value -> stored.addOutput(name(value)));
    return stored.build();
  }

  private static boolean namesMatch(List<@Nullable Value> values, List<String> names) {
    if (values.size() != names.size()) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      if (!name(values.get(i)).equals(names.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String name(@Nullable Value value) {
    return value == null ? "" : value.name();
  }
}
