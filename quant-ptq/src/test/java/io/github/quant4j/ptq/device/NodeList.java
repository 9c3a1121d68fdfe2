/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.AttributeProto.AttributeType;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TensorShapeProto;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An ONNX graph in the making. A node and its only output carry one name. */
final class NodeList {

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");

  /** Declares a float input of [batch, sample]; a batch below 0 is any. */
  void input(String name, long batch, long... sample) {
    graph.addInput(value(name, batch, sample));
  }

  /** Declares a float output of [batch, sample]. */
  void output(String name, long batch, long... sample) {
    graph.addOutput(value(name, batch, sample));
  }

  /** Declares a float output of a shape that is not said. */
  void output(String name) {
    graph.addOutput(ValueInfoProto.newBuilder().setName(name).setType(type(null)));
  }

  String node(String opType, String name, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(opType)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
  }

  String constant(String name, Tensor tensor) {
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(tensor.elementType().onnxCode())
            .setRawData(ByteString.copyFrom(tensor.bytes()));
    for (long dimension : tensor.shape().toArray()) {
      proto.addDims(dimension);
    }
    graph.addInitializer(proto);
    return name;
  }

  GraphProto graph() {
    return graph.build();
  }

  /** A model of operator set 17, without a graph. */
  static ModelProto.Builder model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static ValueInfoProto value(String name, long batch, long... sample) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    if (batch < 0) {
      shape.addDimBuilder().setDimParam("batch");
    } else {
      shape.addDimBuilder().setDimValue(batch);
    }
    for (long dimension : sample) {
      shape.addDimBuilder().setDimValue(dimension);
    }
    return ValueInfoProto.newBuilder().setName(name).setType(type(shape.build())).build();
  }

  private static TypeProto type(@Nullable TensorShapeProto shape) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.onnxCode());
    if (shape != null) {
      type.setShape(shape);
    }
    return TypeProto.newBuilder().setTensorType(type).build();
  }
}
