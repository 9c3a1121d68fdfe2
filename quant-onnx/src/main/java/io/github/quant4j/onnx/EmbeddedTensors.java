/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.SparseTensorProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TrainingInfoProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes tensors that lie in data files into the model where they are no initializers of the main
 * graph: attributes, bodies of If, Loop and Scan, local functions, sparse tensors. They are mapped,
 * so they take no memory until they are read.
 */
final class EmbeddedTensors {
  /** Leaves room for everything else in a model file, which ends at 2 GiB. */
  static final long LARGEST_TOTAL = 1L << 30;

  private static final Set<Descriptor> CARRIERS =
      Set.of(
          ModelProto.getDescriptor(),
          GraphProto.getDescriptor(),
          NodeProto.getDescriptor(),
          AttributeProto.getDescriptor(),
          SparseTensorProto.getDescriptor(),
          FunctionProto.getDescriptor(),
          TrainingInfoProto.getDescriptor(),
          TensorProto.getDescriptor());

  private final ExternalData external;
  private long total;

  EmbeddedTensors(ExternalData external) {
    this.external = external;
  }

  /** Returns a model without initializers with all other tensors inside; itself where they are. */
  ModelProto embed(ModelProto model) {
    return (ModelProto) embed(model, "the model");
  }

  // What has not changed is the same object; to compare contents would read every tensor.
  @SuppressWarnings("ReferenceEquality")
  private Message embed(Message message, String holder) {
    if (message instanceof TensorProto tensor) {
      return embed(tensor, holder);
    }
    String inner = message instanceof NodeProto node ? "node \"" + node.getName() + "\"" : holder;
    Message result = message;
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (isCarrier(field.getKey())) {
        Object embedded = embed(field.getKey(), field.getValue(), inner);
        if (embedded != field.getValue()) {
          result = result.toBuilder().setField(field.getKey(), embedded).build();
        }
      }
    }
    return result;
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private Object embed(FieldDescriptor field, Object value, String holder) {
    if (!field.isRepeated()) {
      return embed((Message) value, holder);
    }
    List<Message> embedded = new ArrayList<>();
    boolean isSame = true;
    for (Object old : (List<?>) value) {
      Message message = embed((Message) old, holder);
      isSame &= message == old;
      embedded.add(message);
    }
    return isSame ? value : embedded;
  }

  private static boolean isCarrier(FieldDescriptor field) {
    return field.getJavaType() == JavaType.MESSAGE && CARRIERS.contains(field.getMessageType());
  }

  private TensorProto embed(TensorProto tensor, String holder) {
    if (!OutsideTensors.isOutside(tensor)) {
      return tensor;
    }
    String label = "tensor \"%s\" in %s".formatted(tensor.getName(), holder);
    ExternalTensor found = external.find(label, tensor);
    total += found.byteSize();
    if (total > LARGEST_TOTAL) {
      throw new ModelFormatException(
          "%s lies in a data file, as do others that are no initializers, more than 1 GiB in all; make them initializers of the main graph"
              .formatted(label));
    }
    return found.proto();
  }
}
