/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.ptq.NodeList;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes networks of the shape of ResNet-50 with random weights: for times, not for answers. 25.6
 * million weights, 102 MB, batch normalization folded in.
 *
 * <p>Weights have He's variance, and those of the last convolution of a block a quarter of it, so
 * that values grow little from block to block; as if its batch normalization had a factor of 1/2.
 *
 * <p>Source of the shape: He et al., Deep Residual Learning for Image Recognition, 2016,
 * arXiv:1512.03385, table 1; strides on the 3 x 3 convolutions, as implementations have them.
 */
final class ResNet50Model {

  private static final int[] BLOCK_COUNTS = {3, 4, 6, 3};
  private static final int CLASSES = 1000;
  private static final int EXPANSION = 4;
  private static final double BIAS = 0.05;

  private final NodeList graph = new NodeList();
  private final List<Weight> weights = new ArrayList<>();

  /**
   * An initializer to be filled.
   *
   * @param head all of it but the numbers
   * @param count how many numbers it has
   * @param deviation their standard deviation
   */
  private record Weight(TensorProto head, int count, double deviation) {

    int byteSize() {
      return head.getSerializedSize()
          + CodedOutputStream.computeTagSize(TensorProto.RAW_DATA_FIELD_NUMBER)
          + CodedOutputStream.computeUInt32SizeNoTag(count * Float.BYTES)
          + count * Float.BYTES;
    }

    void write(CodedOutputStream out, SplittableRandom random) throws IOException {
      out.writeTag(GraphProto.INITIALIZER_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(byteSize());
      head.writeTo(out);
      ByteBuffer values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        values.putFloat((float) (random.nextGaussian() * deviation));
      }
      out.writeByteArray(TensorProto.RAW_DATA_FIELD_NUMBER, values.array());
    }
  }

  private ResNet50Model() {}

  /**
   * Writes a network with the input "input" of float32 [N, 3, 224, 224] and the output "logits" of
   * [N, 1000]. One tensor at a time is in memory.
   *
   * @param file an ONNX model of operator set 17; replaced where there is one
   * @param seed of the weights
   */
  static void write(Path file, long seed) throws IOException {
    write(file, seed, 224);
  }

  /**
   * Writes a network.
   *
   * @param arguments the file, and the seed if it is not 7
   */
  public static void main(String... arguments) throws IOException {
    write(Path.of(arguments[0]), arguments.length > 1 ? Long.parseLong(arguments[1]) : 7);
  }

  /** Writes a network for pictures of another size, a multiple of 32. */
  static void write(Path file, long seed, int size) throws IOException {
    ResNet50Model model = new ResNet50Model();
    model.declare(size);
    AtomicFile.write(file, out -> model.write(out, seed));
  }

  private void declare(int size) {
    graph.input("input", -1, 3, size, size);
    graph.output("logits", -1, CLASSES);
    String tensor = conv("stem", "input", new int[] {3, 64, 7, 2}, 1);
    tensor =
        graph.node(
            "MaxPool",
            "pool",
            List.of(relu(tensor)),
            square("kernel_shape", 3),
            NodeList.integers("pads", 1, 1, 1, 1),
            square("strides", 2));
    int channels = 64;
    for (int stage = 0; stage < BLOCK_COUNTS.length; stage++) {
      for (int block = 0; block < BLOCK_COUNTS[stage]; block++) {
        String name = "stage%s.block%s".formatted(stage + 1, block + 1);
        int width = 64 << stage;
        tensor = block(name, tensor, new int[] {channels, width, block == 0 && stage > 0 ? 2 : 1});
        channels = EXPANSION * width;
      }
    }
    String average = graph.node("GlobalAveragePool", "average", List.of(tensor));
    String flat = graph.node("Flatten", "flat", List.of(average));
    weight("fc.W", Math.sqrt(1.0 / channels), CLASSES, channels);
    weight("fc.b", BIAS, CLASSES);
    graph.node("Gemm", "logits", List.of(flat, "fc.W", "fc.b"), NodeList.integer("transB", 1));
  }

  /** Adds a bottleneck block: 1 x 1, 3 x 3, 1 x 1, and what goes around them. */
  private String block(String name, String input, int[] inputsWidthStride) {
    int inputs = inputsWidthStride[0];
    int width = inputsWidthStride[1];
    int stride = inputsWidthStride[2];
    int outputs = EXPANSION * width;
    String first = relu(conv(name + ".conv1", input, new int[] {inputs, width, 1, 1}, 1));
    String second = relu(conv(name + ".conv2", first, new int[] {width, width, 3, stride}, 1));
    String third = conv(name + ".conv3", second, new int[] {width, outputs, 1, 1}, 0.5);
    String skip =
        inputs == outputs
            ? input
            : conv(name + ".skip", input, new int[] {inputs, outputs, 1, stride}, Math.sqrt(0.5));
    return relu(graph.node("Add", name + ".add", List.of(third, skip)));
  }

  /** Adds a convolution: inputs, outputs, kernel and stride, and a factor of its weights. */
  private String conv(String name, String input, int[] form, double factor) {
    int kernel = form[2];
    int fanIn = form[0] * kernel * kernel;
    weight(name + ".W", factor * Math.sqrt(2.0 / fanIn), form[1], form[0], kernel, kernel);
    weight(name + ".b", BIAS, form[1]);
    int pad = kernel / 2;
    return graph.node(
        "Conv",
        name,
        List.of(input, name + ".W", name + ".b"),
        NodeList.integers("pads", pad, pad, pad, pad),
        square("strides", form[3]));
  }

  private String relu(String input) {
    return graph.node("Relu", input + ".relu", List.of(input));
  }

  private void weight(String name, double deviation, int... dimensions) {
    TensorProto.Builder head =
        TensorProto.newBuilder().setName(name).setDataType(ElementType.FLOAT.onnxCode());
    int count = 1;
    for (int dimension : dimensions) {
      head.addDims(dimension);
      count *= dimension;
    }
    weights.add(new Weight(head.build(), count, deviation));
  }

  /** Writes a graph whose length is known before its weights are. */
  private void write(OutputStream file, long seed) throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(file);
    NodeList.model().build().writeTo(out);
    GraphProto nodes = graph.graph();
    int length = nodes.getSerializedSize();
    for (Weight weight : weights) {
      length +=
          CodedOutputStream.computeTagSize(GraphProto.INITIALIZER_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(weight.byteSize())
              + weight.byteSize();
    }
    out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
    nodes.writeTo(out);
    SplittableRandom random = new SplittableRandom(seed);
    for (Weight weight : weights) {
      weight.write(out, random);
    }
    out.flush();
  }

  private static AttributeProto square(String name, long size) {
    return NodeList.integers(name, size, size);
  }
}
