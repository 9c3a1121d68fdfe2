/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TensorShapeProto;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Writes a model of residual blocks of five nodes (Conv, Relu, Conv, Add, Relu) on [batch, 16,
 * height, width], all three open.
 */
final class ResidualModel {
  private static final int CHANNELS = 16;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("residual");
  private final Random random = new Random(1);

  private ResidualModel() {}

  /** Returns the bytes of a model of so many blocks. */
  static byte[] of(int blocks) {
    ResidualModel model = new ResidualModel();
    model.graph.addInput(value("x", true));
    String last = "x";
    for (int i = 0; i < blocks; i++) {
      last = model.block("b" + i, last);
    }
    model.graph.addOutput(value(last, false));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(model.graph)
        .build()
        .toByteArray();
  }

  private String block(String name, String input) {
    String main = node("Relu", name + ".relu1", convolution(name + ".conv1", input));
    String sum = node("Add", name + ".add", convolution(name + ".conv2", main), input);
    return node("Relu", name + ".relu2", sum);
  }

  private String convolution(String name, String input) {
    weight(name + ".weight", CHANNELS, CHANNELS, 3, 3);
    weight(name + ".bias", CHANNELS);
    String output = node("Conv", name, input, name + ".weight", name + ".bias");
    graph
        .getNodeBuilder(graph.getNodeCount() - 1)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("pads")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(1)
                .addInts(1)
                .addInts(1)
                .addInts(1));
    return output;
  }

  private String node(String opType, String name, String... inputs) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(opType).setName(name);
    for (String input : inputs) {
      node.addInput(input);
    }
    graph.addNode(node.addOutput(name));
    return name;
  }

  private void weight(String name, int... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    int count = 1;
    for (int dimension : dimensions) {
      tensor.addDims(dimension);
      count *= dimension;
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    graph.addInitializer(tensor.setRawData(ByteString.copyFrom(bytes.flip())));
  }

  private static ValueInfoProto value(String name, boolean hasShape) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
    if (hasShape) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      shape.addDimBuilder().setDimParam("batch");
      shape.addDimBuilder().setDimValue(CHANNELS);
      shape.addDimBuilder().setDimParam("height");
      shape.addDimBuilder().setDimParam("width");
      type.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
