/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

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
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An ONNX graph in the making. A node and its only output carry one name. */
public final class NodeList {

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");

  /** Declares a float input of [batch, sample]; a batch below 0 is any. */
  public void input(String name, long batch, long... sample) {
    graph.addInput(value(name, ElementType.FLOAT, sizes(batch, sample)));
  }

  /** Declares an input of axes that have sizes, which are numbers, or names. */
  public void input(String name, ElementType type, Object... dimensions) {
    graph.addInput(value(name, type, shape(dimensions)));
  }

  /** Declares a float output of [batch, sample]. */
  public void output(String name, long batch, long... sample) {
    graph.addOutput(value(name, ElementType.FLOAT, sizes(batch, sample)));
  }

  /** Declares an output of a shape that is not said. */
  public void output(String name, ElementType type) {
    graph.addOutput(value(name, type, null));
  }

  /** Adds a node and returns its name. */
  public String node(
      String opType, String name, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(opType)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
  }

  /** Adds an initializer and returns its name. */
  public String constant(String name, Tensor tensor) {
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

  /** Returns the graph. */
  public GraphProto graph() {
    return graph.build();
  }

  /** A model of operator set 17, without a graph. */
  public static ModelProto.Builder model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
  }

  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  public static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static TensorShapeProto sizes(long batch, long... sample) {
    Stream<Object> sizes = LongStream.of(sample).boxed().map(size -> size);
    return shape(Stream.concat(Stream.of(batch < 0 ? "batch" : batch), sizes).toArray());
  }

  private static TensorShapeProto shape(Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      TensorShapeProto.Dimension.Builder axis = shape.addDimBuilder();
      if (dimension instanceof Number size) {
        axis.setDimValue(size.longValue());
      } else {
        axis.setDimParam(dimension.toString());
      }
    }
    return shape.build();
  }

  private static ValueInfoProto value(
      String name, ElementType elementType, @Nullable TensorShapeProto shape) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(elementType.onnxCode());
    if (shape != null) {
      type.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
