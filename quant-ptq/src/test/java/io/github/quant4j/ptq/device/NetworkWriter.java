/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.ptq.NodeList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a network, float or with Q/DQ pairs where {@link #pair} is called. A node and its output
 * carry one name; weights are random, of He's variance, the same for the same name.
 */
final class NetworkWriter {

  /** For weights with one scale, of {@link #weights}. */
  static final int PER_TENSOR = -1;

  private final NodeList graph = new NodeList();
  private final long sampleCount;
  private final @Nullable Map<String, Float> ranges;
  private final Set<String> paired = new HashSet<>();
  private final Set<String> observed = new LinkedHashSet<>();
  private final Map<String, Integer> channels = new HashMap<>();
  private final Map<String, Double> gains = new HashMap<>();
  private CodeForm codeForm = CodeForm.INT8;
  private boolean hasFloatWeights;
  private boolean hasCodedBiases;

  private NetworkWriter(long sampleCount, @Nullable Map<String, Float> ranges) {
    this.sampleCount = sampleCount;
    this.ranges = ranges;
  }

  /** Returns a writer that leaves pairs out. */
  static NetworkWriter ofFloat(long sampleCount) {
    return new NetworkWriter(sampleCount, null);
  }

  /**
   * Returns a writer of pairs.
   *
   * @param ranges the largest magnitude of every tensor that gets a pair
   */
  static NetworkWriter ofInt8(long sampleCount, Map<String, Float> ranges) {
    return new NetworkWriter(sampleCount, ranges);
  }

  /** How pairs are written from here on. */
  void codes(CodeForm form) {
    codeForm = form;
  }

  /** Has weights written as float constants behind a pair, not as codes. */
  void floatWeights() {
    hasFloatWeights = true;
  }

  /** Has biases written as int32 codes behind a DequantizeLinear, which TensorRT does not take. */
  void codedBiases() {
    hasCodedBiases = true;
  }

  /** Makes the outputs of a convolution larger. */
  void gain(String convolution, double factor) {
    gains.put(convolution, factor);
  }

  /** Declares the input "x" of a number of samples of a shape. */
  String input(long... sample) {
    graph.input("x", sampleCount, sample);
    return channels("x", (int) sample[0]);
  }

  /** Puts a pair behind a tensor and returns what it gives. */
  String pair(String tensor) {
    return pair(tensor, List.of(tensor));
  }

  /** Puts a pair behind a tensor, of the scale that the largest of some tensors needs. */
  String pair(String tensor, List<String> group) {
    boolean isNew = paired.add(tensor);
    observed.addAll(group);
    if (ranges == null) {
      return tensor;
    }
    if (isNew) {
      double largest = group.stream().mapToDouble(member -> range(member, ranges)).max().orElse(1);
      codeForm.write(
          this, tensor, constant(tensor + "_scale", Shape.of(), (float) (largest / 127)));
    }
    return tensor + "_DequantizeLinear";
  }

  /** The tensors whose ranges are needed for pairs. */
  Set<String> observed() {
    return observed;
  }

  /** Adds a convolution with bias that keeps the size, kernel being odd. */
  String conv(String name, String input, int outputs, int kernel) {
    return conv(name, input, outputs, new int[] {kernel, 1});
  }

  /** Adds a convolution of 3 x 3 in groups, with as many outputs as inputs. */
  String groupedConv(String name, String input, int groups) {
    return conv(name, input, channelsOf(input), new int[] {3, groups});
  }

  private String conv(String name, String input, int outputs, int[] kernelAndGroups) {
    int kernel = kernelAndGroups[0];
    int inputs = channelsOf(input) / kernelAndGroups[1];
    String weights =
        weights(name, 0, Shape.of(outputs, inputs, kernel, kernel), inputs * kernel * kernel);
    int pad = kernel / 2;
    node(
        "Conv",
        name,
        List.of(input, weights, bias(name, outputs)),
        NodeList.integers("pads", pad, pad, pad, pad),
        NodeList.integer("group", kernelAndGroups[1]));
    return channels(name, outputs);
  }

  /**
   * Adds a transposed convolution that doubles the size, with scales of its weights along an axis.
   */
  String convTranspose(String name, String input, int outputs, int weightAxis) {
    int inputs = channelsOf(input);
    String weights = weights(name, weightAxis, Shape.of(inputs, outputs, 2, 2), inputs);
    node(
        "ConvTranspose",
        name,
        List.of(input, weights, bias(name, outputs)),
        NodeList.integers("kernel_shape", 2, 2),
        NodeList.integers("strides", 2, 2));
    return channels(name, outputs);
  }

  /** Adds a MatMul with a constant and a bias. */
  String product(String name, String input, int inputs, int outputs) {
    String weights = weights(name, 1, Shape.of(inputs, outputs), 2 * inputs);
    node("MatMul", name, List.of(input, weights));
    return node("Add", name + ".sum", List.of(bias(name, outputs), name));
  }

  /** Adds a Gemm with bias whose weights are [outputs, inputs]. */
  String gemm(String name, String input, int inputs, int outputs) {
    String weights = weights(name, 0, Shape.of(outputs, inputs), inputs);
    return node(
        "Gemm", name, List.of(input, weights, bias(name, outputs)), NodeList.integer("transB", 1));
  }

  /** Adds a node whose output has as many channels as its first input. */
  String node(String opType, String name, List<String> inputs, AttributeProto... attributes) {
    graph.node(opType, name, inputs, attributes);
    Integer count = channels.get(inputs.get(0));
    return count == null ? name : channels(name, count);
  }

  String relu(String input) {
    return node("Relu", input + ".relu", List.of(input));
  }

  /** Adds float constants. */
  String constant(String name, Shape shape, float... values) {
    return constant(name, Tensor.ofFloats(shape, values));
  }

  String constant(String name, Tensor tensor) {
    return graph.constant(name, tensor);
  }

  /** Says how many channels a tensor has. */
  String channels(String tensor, int count) {
    channels.put(tensor, count);
    return tensor;
  }

  /** Declares float outputs and returns the model. */
  OnnxModel build(List<String> outputs) {
    outputs.forEach(name -> graph.output(name, ElementType.FLOAT));
    return OnnxModel.of(NodeList.model().setGraph(graph.graph()).build().toByteArray());
  }

  private int channelsOf(String tensor) {
    return requireNonNull(channels.get(tensor), tensor);
  }

  private static double range(String tensor, Map<String, Float> ranges) {
    return requireNonNull(ranges.get(tensor), tensor);
  }

  /** Adds weights, behind a pair where the network has pairs. */
  private String weights(String node, int axis, Shape shape, int fanIn) {
    float[] values = random(node, shape, Math.sqrt(2.0 / fanIn) * gains.getOrDefault(node, 1.0));
    String name = node + ".W";
    if (ranges == null) {
      return constant(name, shape, values);
    }
    WeightCodes codes = WeightCodes.of(shape, values, axis);
    String scale = constant(name + "_scale", codes.scales());
    String zero = constant(name + "_zero", codes.zeros());
    AttributeProto[] attributes =
        axis == PER_TENSOR
            ? new AttributeProto[0]
            : new AttributeProto[] {NodeList.integer("axis", axis)};
    if (hasFloatWeights) {
      constant(name, shape, values);
      node("QuantizeLinear", name + "_Q", List.of(name, scale, zero), attributes);
    } else {
      constant(name + "_Q", codes.codes());
    }
    return node("DequantizeLinear", name + "_DQ", List.of(name + "_Q", scale, zero), attributes);
  }

  private String bias(String node, int count) {
    String name = node + ".b";
    Shape shape = Shape.of(count);
    if (!hasCodedBiases) {
      return constant(name, shape, random(name, shape, 0.1));
    }
    constant(name + "_Q", Tensor.ofInts(shape, IntStream.range(0, count).toArray()));
    constant(name + "_scale", Shape.of(), 1e-3f);
    return node("DequantizeLinear", name, List.of(name + "_Q", name + "_scale"));
  }

  private static float[] random(String name, Shape shape, double deviation) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }
}
