/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An operator that the model itself defines by a body of nodes, the way exporters keep the modules
 * of a program. Immutable and thread-safe. Source: the ONNX IR, message FunctionProto.
 */
public final class LocalFunction {
  private static final int IR_VERSION = 10;

  private final FunctionProto proto;

  LocalFunction(FunctionProto proto) {
    this.proto = proto;
  }

  /**
   * Returns the name, which calls have as their operator.
   *
   * @return the name
   */
  public String name() {
    return proto.getName();
  }

  /**
   * Returns the domain, which calls have as theirs.
   *
   * @return the domain, the standard domain as empty text
   */
  public String domain() {
    return OnnxModel.canonicalDomain(proto.getDomain());
  }

  /**
   * Returns the operator sets the body is written for.
   *
   * @return versions by domain, the standard domain as empty text
   */
  public SortedMap<String, Long> opsets() {
    SortedMap<String, Long> opsets = new TreeMap<>();
    for (OperatorSetIdProto opset : proto.getOpsetImportList()) {
      opsets.put(OnnxModel.canonicalDomain(opset.getDomain()), opset.getVersion());
    }
    return Collections.unmodifiableSortedMap(opsets);
  }

  /**
   * Returns the body as it is for one call: its attributes are those the call states, or else the
   * defaults of the function, and its inputs have the types that are declared for what the call
   * reads.
   *
   * @param call a node that calls the function
   * @return a model of its own: the body with the function's inputs and outputs
   * @throws OnnxException if the call has more inputs or outputs than the function
   * @throws ModelFormatException if the body is not whole
   */
  public OnnxModel instantiate(Node call) {
    if (call.inputCount() > proto.getInputCount() || call.outputCount() > proto.getOutputCount()) {
      throw new OnnxException(
          "node \"%s\" calls function \"%s\" with %s inputs and %s outputs, expected at most %s and %s"
              .formatted(
                  call.label(),
                  name(),
                  call.inputCount(),
                  call.outputCount(),
                  proto.getInputCount(),
                  proto.getOutputCount()));
    }
    GraphProto.Builder body = GraphProto.newBuilder().setName(name());
    for (int i = 0; i < proto.getInputCount(); i++) {
      body.addInput(input(call, i));
    }
    AttributeBinding binding = new AttributeBinding(proto, call.proto());
    proto.getNodeList().forEach(node -> body.addNode(binding.bind(node)));
    proto.getOutputList().forEach(output -> body.addOutput(untyped(output)));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .addAllOpsetImport(proto.getOpsetImportList())
            .setGraph(body)
            .build();
    return new OnnxModel(
        model.toBuilder().clearGraph().build(),
        GraphReader.read(model.getGraph(), List.of(), "function \"" + name() + "\""),
        List.of());
  }

  private ValueInfoProto input(Node call, int index) {
    ValueInfoProto declared = call.input(index).map(Value::declaration).orElse(null);
    ValueInfoProto untyped = untyped(proto.getInput(index));
    return declared == null ? untyped : untyped.toBuilder().setType(declared.getType()).build();
  }

  private static ValueInfoProto untyped(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  /** Tells this function apart from all others: calls have the same identity. */
  static List<String> identity(NodeProto call) {
    return List.of(
        OnnxModel.canonicalDomain(call.getDomain()), call.getOpType(), call.getOverload());
  }

  List<String> identity() {
    return List.of(domain(), name(), proto.getOverload());
  }

  List<NodeProto> nodes() {
    return proto.getNodeList();
  }

  @Override
  public String toString() {
    return name();
  }
}
