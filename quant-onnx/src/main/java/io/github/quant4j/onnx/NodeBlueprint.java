/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.List;

/**
 * The description of a node to be made: a standard operator with one output.
 *
 * <p>Immutable; {@code with...} returns a changed copy. {@link GraphRewriter} makes the node.
 */
public final class NodeBlueprint {
  private final NodeProto proto;
  private final List<Value> inputs;
  private final String outputName;

  private NodeBlueprint(NodeProto proto, List<Value> inputs, String outputName) {
    this.proto = proto;
    this.inputs = inputs;
    this.outputName = outputName;
  }

  /**
   * Returns the description of a node of the standard domain.
   *
   * @param opType the operator
   * @param name the node's name
   * @param inputs the values it reads, none left out
   * @param outputName the name of its output
   * @return the description
   */
  public static NodeBlueprint of(
      String opType, String name, List<Value> inputs, String outputName) {
    return new NodeBlueprint(
        NodeProto.newBuilder().setOpType(opType).setName(name).build(),
        List.copyOf(inputs),
        outputName);
  }

  /**
   * Returns a copy with an integer attribute.
   *
   * @param attribute its name
   * @param value its value
   * @return the copy
   */
  public NodeBlueprint withInteger(String attribute, long value) {
    NodeProto changed =
        proto.toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName(attribute)
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(value))
            .build();
    return new NodeBlueprint(changed, inputs, outputName);
  }

  /**
   * Returns a copy with an attribute of integers.
   *
   * @param attribute its name
   * @param values its value
   * @return the copy
   */
  public NodeBlueprint withIntegers(String attribute, List<Long> values) {
    NodeProto changed =
        proto.toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName(attribute)
                    .setType(AttributeProto.AttributeType.INTS)
                    .addAllInts(values))
            .build();
    return new NodeBlueprint(changed, inputs, outputName);
  }

  NodeProto proto() {
    return proto;
  }

  List<Value> inputs() {
    return inputs;
  }

  String outputName() {
    return outputName;
  }
}
