/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Writes small ONNX models. A node and its output carry the same name, so that every call returns
 * the name of what it added; weights are random, the same for the same name.
 */
public final class ModelBuilder {
  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(8)
          .setProducerName("test")
          .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");

  private ModelBuilder() {}

  public static ModelBuilder create() {
    return new ModelBuilder();
  }

  public static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  public static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  public static AttributeProto real(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  public static AttributeProto reals(String name, float... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute.build();
  }

  public static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  public static AttributeProto tensor(String name, Tensor value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.TENSOR)
        .setT(TensorCodec.encode("", value))
        .build();
  }

  public static AttributeProto body(String name, GraphProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(value)
        .build();
  }

  /** Declares a value; a dimension is a number, a name, or "?" for nothing known. */
  public static ValueInfoProto value(String name, int elementType, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      TensorShapeProto.Dimension.Builder one = shape.addDimBuilder();
      if (dimension instanceof Number number) {
        one.setDimValue(number.longValue());
      } else if (!dimension.equals("?")) {
        one.setDimParam((String) dimension);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(elementType).setShape(shape)))
        .build();
  }

  /** Declares a float tensor of any shape. */
  public static ValueInfoProto floatValue(String name) {
    return TypeCodec.anyShape(name, ElementType.FLOAT);
  }

  public static NodeProto node(
      String opType, String name, List<String> inputs, AttributeProto... attributes) {
    return NodeProto.newBuilder()
        .setOpType(opType)
        .setName(name)
        .addAllInput(inputs)
        .addOutput(name)
        .addAllAttribute(List.of(attributes))
        .build();
  }

  /** Returns numbers in [-amplitude, amplitude), the same for the same seed. */
  public static Tensor random(long seed, double amplitude, long... dimensions) {
    Shape shape = Shape.of(dimensions);
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * amplitude);
    }
    return Tensor.ofFloats(shape, values);
  }

  public ModelBuilder opset(long version) {
    model.setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(version));
    return this;
  }

  public ModelBuilder irVersion(long version) {
    model.setIrVersion(version);
    return this;
  }

  /** Gives access to everything else a model can hold. */
  public ModelProto.Builder model() {
    return model;
  }

  /** Gives access to everything else a graph can hold. */
  public GraphProto.Builder graph() {
    return graph;
  }

  public String input(String name, Object... dimensions) {
    graph.addInput(value(name, TensorProto.DataType.FLOAT.getNumber(), dimensions));
    return name;
  }

  public ModelBuilder output(String name) {
    graph.addOutput(floatValue(name));
    return this;
  }

  /** Makes a value of the given type and any shape an output. */
  public ModelBuilder output(String name, ElementType type) {
    graph.addOutput(TypeCodec.anyShape(name, type));
    return this;
  }

  public String constant(String name, Tensor tensor) {
    graph.addInitializer(TensorCodec.encode(name, tensor));
    return name;
  }

  /** Adds a random constant whose size suits a sum over all but its first axis. */
  public String weight(String name, long... dimensions) {
    double fanIn = Math.max(1, Arrays.stream(dimensions).skip(1).reduce(1, (a, b) -> a * b));
    return constant(name, random(name.hashCode(), 1.5 / Math.sqrt(fanIn), dimensions));
  }

  /** Gives the last node more outputs. */
  public ModelBuilder outputs(String... more) {
    graph.getNodeBuilder(graph.getNodeCount() - 1).addAllOutput(List.of(more));
    return this;
  }

  public String longs(String name, long... values) {
    return constant(name, Tensor.ofLongs(Shape.of(values.length), values));
  }

  public String add(String opType, String name, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(node(opType, name, inputs, attributes));
    return name;
  }

  /** Adds a Conv with bias, groups of one and padding that keeps height and width. */
  public String conv(String name, String input, int inputs, int outputs, int kernel) {
    return conv(name, input, inputs, outputs, kernel, 1);
  }

  /** Adds a Conv of weight {@code name.W} and bias {@code name.b}; padding keeps the size. */
  public String conv(String name, String input, int inputs, int outputs, int kernel, int groups) {
    weight(name + ".W", outputs, inputs / groups, kernel, kernel);
    weight(name + ".b", outputs);
    int pad = kernel / 2;
    return add(
        "Conv",
        name,
        List.of(input, name + ".W", name + ".b"),
        integers("pads", pad, pad, pad, pad),
        integer("group", groups));
  }

  /** Adds a Conv without bias, on a weight that is there already. */
  public String convOf(String name, String input, String weight, AttributeProto... attributes) {
    return add("Conv", name, List.of(input, weight), attributes);
  }

  /** Adds a BatchNormalization with parameters {@code name.gamma} and so on. */
  public String batchNormalization(String name, String input, int channels) {
    constant(name + ".gamma", random(name.hashCode(), 2, channels));
    constant(name + ".beta", random(name.hashCode() + 1L, 1, channels));
    constant(name + ".mean", random(name.hashCode() + 2L, 1, channels));
    float[] variance = new float[channels];
    for (int i = 0; i < channels; i++) {
      variance[i] = 0.25f + i % 5;
    }
    constant(name + ".variance", Tensor.ofFloats(Shape.of(channels), variance));
    List<String> inputs = new ArrayList<>(List.of(input));
    for (String parameter : List.of("gamma", "beta", "mean", "variance")) {
      inputs.add(name + "." + parameter);
    }
    return add("BatchNormalization", name, inputs);
  }

  /** Adds a Gemm with B of [outputs, inputs] and C of [outputs]. */
  public String gemm(String name, String input, int inputs, int outputs) {
    weight(name + ".B", outputs, inputs);
    weight(name + ".C", outputs);
    return add("Gemm", name, List.of(input, name + ".B", name + ".C"), integer("transB", 1));
  }

  public String relu(String name, String input) {
    return add("Relu", name, List.of(input));
  }

  public String sum(String name, String left, String right) {
    return add("Add", name, List.of(left, right));
  }

  public String maxPool(String name, String input) {
    return add(
        "MaxPool", name, List.of(input), integers("kernel_shape", 2, 2), integers("strides", 2, 2));
  }

  /** Returns the model with its nodes in another order, sound or not. */
  public static OnnxModel shuffled(OnnxModel model, long seed) {
    try {
      ModelProto.Builder proto = ModelProto.parseFrom(model.toByteArray()).toBuilder();
      List<NodeProto> nodes = new ArrayList<>(proto.getGraph().getNodeList());
      Collections.shuffle(nodes, new Random(seed));
      proto.getGraphBuilder().clearNode().addAllNode(nodes);
      return OnnxModel.of(proto.build().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  public ModelProto proto() {
    return model.clone().setGraph(graph.clone()).build();
  }

  public OnnxModel build() {
    return OnnxModel.of(proto().toByteArray());
  }
}
