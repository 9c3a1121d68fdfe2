/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.AttributeProto.AttributeType;
import io.github.quant4j.onnx.internal.proto.NodeProto;

/**
 * Changes what a node says of itself: its name, its operator and its attributes. {@link
 * GraphRewriter#edit} gives it out.
 *
 * <p>Each call costs the number of attributes of the node. Not thread-safe.
 */
public final class NodeEditor {
  private final Node node;

  NodeEditor(Node node) {
    this.node = node;
  }

  /**
   * Gives the node another name.
   *
   * @param name the new name
   */
  public void rename(String name) {
    node.setProto(node.proto().toBuilder().setName(name).build());
  }

  /**
   * Makes the node call another standard operator; inputs, outputs and attributes stay.
   *
   * @param opType the operator
   */
  public void changeOperator(String opType) {
    node.setProto(node.proto().toBuilder().setOpType(opType).clearDomain().build());
  }

  /**
   * Removes an attribute, so that the operator takes its default.
   *
   * @param attribute the attribute's name
   */
  public void removeAttribute(String attribute) {
    NodeProto.Builder changed = node.proto().toBuilder().clearAttribute();
    for (AttributeProto kept : node.proto().getAttributeList()) {
      if (!kept.getName().equals(attribute)) {
        changed.addAttribute(kept);
      }
    }
    node.setProto(changed.build());
  }

  /**
   * Gives an attribute an integer, whatever it held before.
   *
   * @param attribute the attribute's name
   * @param value the integer
   */
  public void setInteger(String attribute, long value) {
    set(attribute, AttributeProto.newBuilder().setType(AttributeType.INT).setI(value));
  }

  /**
   * Gives an attribute a text, whatever it held before.
   *
   * @param attribute the attribute's name
   * @param value the text
   */
  public void setText(String attribute, String value) {
    ByteString bytes = ByteString.copyFromUtf8(value);
    set(attribute, AttributeProto.newBuilder().setType(AttributeType.STRING).setS(bytes));
  }

  private void set(String attribute, AttributeProto.Builder value) {
    removeAttribute(attribute);
    node.setProto(node.proto().toBuilder().addAttribute(value.setName(attribute)).build());
  }
}
