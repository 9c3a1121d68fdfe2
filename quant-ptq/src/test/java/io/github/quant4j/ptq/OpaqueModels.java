/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.OnnxModel;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/** Small models whose arithmetic is where quantization does not go. */
final class OpaqueModels {
  static final int FEATURES = 32;
  static final long SAMPLING_RATE = 16_000;
  private static final int HIDDEN = 8;

  private OpaqueModels() {}

  /**
   * Returns a model like detectors of speech: an If on the sampling rate, with an LSTM in either
   * branch that reads {@code x}, [1, 1, 32], from outside.
   */
  static OnnxModel speechDetector() {
    return model(speechGraph("x"));
  }

  /** Returns the same behind a product with a constant, which can be quantized. */
  static OnnxModel speechDetectorBehindProduct() {
    return model(
        speechGraph("product")
            .addInitializer(random("projection", FEATURES, FEATURES))
            .addNode(0, node("MatMul", "product", "x", "projection")));
  }

  /** Returns {@code y = operator(x, w)}, the operator being one of another domain. */
  static OnnxModel customOperator(String domain, String opType) {
    return model(
        GraphProto.newBuilder()
            .setName("custom")
            .addInput(value("x", TensorProto.DataType.FLOAT, 1, 1, FEATURES))
            .addOutput(value("y", TensorProto.DataType.FLOAT, 1, 1, FEATURES))
            .addInitializer(random("w", FEATURES, FEATURES))
            .addNode(node(opType, "y", "x", "w").toBuilder().setDomain(domain)),
        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1).build());
  }

  private static GraphProto.Builder speechGraph(String input) {
    return GraphProto.newBuilder()
        .setName("speech")
        .addInput(value("x", TensorProto.DataType.FLOAT, 1, 1, FEATURES))
        .addInput(value("rate", TensorProto.DataType.INT64, 1))
        .addOutput(value("y", TensorProto.DataType.FLOAT, 1, 1, 1, HIDDEN))
        .addInitializer(
            TensorProto.newBuilder()
                .setName("high")
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(SAMPLING_RATE))
        .addNode(node("Equal", "isHigh", "rate", "high"))
        .addNode(
            node("If", "y", "isHigh").toBuilder()
                .addAttribute(branch("then_branch", input))
                .addAttribute(branch("else_branch", input)));
  }

  private static AttributeProto branch(String name, String input) {
    String output = name + ".y";
    NodeProto lstm =
        node("LSTM", output, input, name + ".w", name + ".r").toBuilder()
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("hidden_size")
                    .setType(AttributeType.INT)
                    .setI(HIDDEN))
            .build();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(
            GraphProto.newBuilder()
                .setName(name)
                .addInitializer(random(name + ".w", 1, 4 * HIDDEN, FEATURES))
                .addInitializer(random(name + ".r", 1, 4 * HIDDEN, HIDDEN))
                .addNode(lstm)
                .addOutput(value(output, TensorProto.DataType.FLOAT, 1, 1, 1, HIDDEN)))
        .build();
  }

  private static OnnxModel model(GraphProto.Builder graph, OperatorSetIdProto... more) {
    return OnnxModel.of(
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .addAllOpsetImport(List.of(more))
            .setGraph(graph)
            .build()
            .toByteArray());
  }

  private static NodeProto node(String opType, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(opType)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static ValueInfoProto value(String name, TensorProto.DataType type, long... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dimension : dimensions) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  /** Returns weights in [-0.5, 0.5), the same for the same name. */
  private static TensorProto random(String name, long... dimensions) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    int count = 1;
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
      count = Math.toIntExact(count * dimension);
    }
    ByteBuffer values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      values.putFloat((float) random.nextDouble() - 0.5f);
    }
    return tensor.setRawData(ByteString.copyFrom(values.flip())).build();
  }

  /** Returns random values for {@code x}. */
  static float[] features(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] features = new float[FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      features[i] = (float) random.nextDouble() * 2 - 1;
    }
    return features;
  }
}
