/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TensorProto.DataType;
import io.github.quant4j.onnx.internal.proto.TensorShapeProto;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/**
 * Writes residual blocks as PyTorch exports those that it quantized in eager mode: every constant
 * in a node of its own, a Cast between QuantizeLinear and DequantizeLinear, int8 zero points as
 * uint8 but for that of the input, int32 biases with computed zero points. 57 nodes a block.
 */
final class EagerModel {
  private static final int CHANNELS = 16;
  private static final int KERNEL = 3;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("eager");
  private final Random random = new Random(1);

  private EagerModel() {}

  /** Returns the bytes of a model of so many blocks. */
  static byte[] of(int blocks) {
    EagerModel model = new EagerModel();
    model.graph.addInput(value("x", CHANNELS));
    Codes codes = model.quantize("x", 0.015f, DataType.INT8);
    for (int i = 0; i < blocks; i++) {
      codes = model.block(codes);
    }
    model.graph.addOutput(value(model.dequantize(codes)));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(model.graph)
        .build()
        .toByteArray();
  }

  private record Codes(String name, float scale, DataType type) {}

  private Codes block(Codes input) {
    Codes main = quantize(node("Relu", convolution(input)), 0.05f, DataType.UINT8);
    main = quantize(convolution(main), 0.06f, DataType.UINT8);
    String sum = node("Add", dequantize(main), dequantize(input));
    Codes added = quantize(sum, 0.07f, DataType.UINT8);
    return quantize(node("Relu", dequantize(added)), 0.07f, DataType.UINT8);
  }

  private Codes quantize(String tensor, float scale, DataType type) {
    return new Codes(node("QuantizeLinear", tensor, floats(scale), zeros(type, 1)), scale, type);
  }

  private String dequantize(Codes codes) {
    String cast = node("Cast", codes.name);
    attribute("to", codes.type.getNumber());
    return node("DequantizeLinear", cast, floats(codes.scale), zeros(codes.type, 1));
  }

  private String convolution(Codes input) {
    String data = dequantize(input);
    float[] scales = new float[CHANNELS];
    float[] products = new float[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      scales[i] = 0.005f + 0.005f * random.nextFloat();
      products[i] = scales[i] * input.scale;
    }
    String weight =
        node("DequantizeLinear", codes(), floats(scales), zeros(DataType.INT8, CHANNELS));
    attribute("axis", 0);
    String bias = node("DequantizeLinear", biases(), floats(products), computedZeros());
    attribute("axis", 0);
    String output = node("Conv", data, weight, bias);
    lastNode()
        .addAttributeBuilder()
        .setName("pads")
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(1)
        .addInts(1)
        .addInts(1)
        .addInts(1);
    return output;
  }

  private String computedZeros() {
    ByteBuffer count = buffer(Long.BYTES).putLong(CHANNELS).flip();
    String zeros = node("ConstantOfShape", constant(DataType.INT64, count, 1));
    ByteBuffer zero = buffer(Long.BYTES);
    lastNode()
        .addAttributeBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(tensor(DataType.INT64, zero, 1));
    String cast = node("Cast", zeros);
    attribute("to", DataType.INT32.getNumber());
    return cast;
  }

  private String codes() {
    byte[] codes = new byte[CHANNELS * CHANNELS * KERNEL * KERNEL];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (random.nextInt(255) - 127);
    }
    return constant(DataType.INT8, ByteBuffer.wrap(codes), CHANNELS, CHANNELS, KERNEL, KERNEL);
  }

  private String biases() {
    ByteBuffer bytes = buffer(CHANNELS * Integer.BYTES);
    while (bytes.hasRemaining()) {
      bytes.putInt(random.nextInt(2_000) - 1_000);
    }
    return constant(DataType.INT32, bytes.flip(), CHANNELS);
  }

  private String floats(float... values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    for (float value : values) {
      bytes.putFloat(value);
    }
    bytes.flip();
    return values.length == 1
        ? constant(DataType.FLOAT, bytes)
        : constant(DataType.FLOAT, bytes, values.length);
  }

  private String zeros(DataType type, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    return count == 1 ? constant(type, bytes) : constant(type, bytes, count);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(DataType type, ByteBuffer bytes, long... dimensions) {
    String output = node("Constant");
    lastNode()
        .addAttributeBuilder()
        .setName("value")
        .setType(AttributeProto.AttributeType.TENSOR)
        .setT(tensor(type, bytes, dimensions));
    return output;
  }

  private static TensorProto.Builder tensor(DataType type, ByteBuffer bytes, long... dimensions) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.getNumber());
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
    }
    return tensor.setRawData(ByteString.copyFrom(bytes));
  }

  /** Adds a node named like its output, and unlike all others. */
  private String node(String opType, String... inputs) {
    String name = opType + graph.getNodeCount();
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(opType)
            .setName(name)
            .addAllInput(Arrays.asList(inputs))
            .addOutput(name));
    return name;
  }

  private NodeProto.Builder lastNode() {
    return graph.getNodeBuilder(graph.getNodeCount() - 1);
  }

  private void attribute(String name, long number) {
    lastNode()
        .addAttributeBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(number);
  }

  /** Returns a float tensor of pictures with so many channels, of unknown shape without any. */
  private static ValueInfoProto value(String name, int... channels) {
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT.getNumber());
    for (int count : channels) {
      type.setShape(
          TensorShapeProto.newBuilder()
              .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
              .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(count))
              .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("height"))
              .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("width")));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
