/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes networks of a few layers on tensors of 16 channels of 8 x 8. A node and its output carry
 * one name; weights are random, the same for the same name.
 */
final class TinyNetwork {
  static final int CHANNELS = 16;
  static final int SIZE = 8;

  private final NodeList graph = new NodeList();

  private TinyNetwork() {}

  /** Returns a network with the float input "x" of [samples, 16, 8, 8], -1 for any number. */
  static TinyNetwork of(long samples) {
    TinyNetwork network = new TinyNetwork();
    network.graph.input("x", samples, CHANNELS, SIZE, SIZE);
    return network;
  }

  /** Returns a network with the int64 input "ids" of [any, 8]. */
  static TinyNetwork ofIds() {
    TinyNetwork network = new TinyNetwork();
    network.graph.input("ids", ElementType.INT64, "batch", SIZE);
    return network;
  }

  /** Returns a network with float inputs of [any, any], written as exporters often do: [?, ?]. */
  static TinyNetwork ofMatrices(String... names) {
    TinyNetwork network = new TinyNetwork();
    for (String name : names) {
      network.graph.input(name, ElementType.FLOAT, "?", "?");
    }
    return network;
  }

  /**
   * Returns x -> stem -> ruin -> body1 -> body2 -> body3 -> y. The channels of stem differ a
   * thousandfold in range, and ruin makes up for it, so INT8 loses most channels there; it does
   * 1/37 of the multiply-adds.
   */
  static TinyNetwork withRuin(long samples) {
    TinyNetwork network = of(samples);
    String ruin = network.ruin("ruin", network.spread("stem", "x"));
    String body = network.conv("body2", network.conv("body1", ruin, 3), 3);
    return network.output(network.conv("y", network.conv("body3", body, 3), 3));
  }

  /** Returns x -> body1 -> body2 -> body3 -> y, which INT8 does no harm. */
  static TinyNetwork harmless() {
    TinyNetwork network = of(-1);
    String body = network.conv("body2", network.conv("body1", "x", 3), 3);
    return network.output(network.conv("y", network.conv("body3", body, 3), 3));
  }

  /** Returns random samples of "x", cut into batches. */
  static CalibrationSource samples(int count, int batchSize) {
    SplittableRandom random = new SplittableRandom(TestSamples.SEED);
    float[] values = new float[count * CHANNELS * SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    Tensor tensor = Tensor.ofFloats(Shape.of(count, CHANNELS, SIZE, SIZE), values);
    return batches(TensorBatch.of(Map.of("x", tensor)), batchSize);
  }

  /** Returns random samples of "ids" in [0, 32), cut into batches. */
  static CalibrationSource ids(int count, int batchSize) {
    SplittableRandom random = new SplittableRandom(TestSamples.SEED);
    long[] values = random.longs((long) count * SIZE, 0, 32).toArray();
    Tensor tensor = Tensor.ofLongs(Shape.of(count, SIZE), values);
    return batches(TensorBatch.of(Map.of("ids", tensor)), batchSize);
  }

  private static CalibrationSource batches(TensorBatch all, int batchSize) {
    List<TensorBatch> batches = new ArrayList<>();
    for (long first = 0; first < all.sampleCount(); first += batchSize) {
      batches.add(all.slice(first, Math.min(batchSize, all.sampleCount() - first)));
    }
    return CalibrationSource.of(batches);
  }

  String add(String opType, String name, List<String> inputs, AttributeProto... attributes) {
    return graph.node(opType, name, inputs, attributes);
  }

  /** Adds a Conv of 16 channels without bias that keeps the size, and a Relu behind it. */
  String conv(String name, String input, int kernel) {
    float[] weights = random(name, CHANNELS * CHANNELS * kernel * kernel);
    return convOf(name, input, kernel, weights);
  }

  /** Adds a 1 x 1 Conv whose output channels differ a thousandfold in range. */
  String spread(String name, String input) {
    float[] weights = random(name, CHANNELS * CHANNELS);
    for (int i = 0; i < weights.length; i++) {
      int outputChannel = i / CHANNELS;
      weights[i] *= (float) Math.pow(1000, outputChannel / (CHANNELS - 1.0));
    }
    return convOf(name, input, 1, weights);
  }

  /** Adds a 1 x 1 Conv that makes up for what {@link #spread} did. */
  String ruin(String name, String input) {
    float[] weights = random(name, CHANNELS * CHANNELS);
    for (int i = 0; i < weights.length; i++) {
      int inputChannel = i % CHANNELS;
      weights[i] /= (float) Math.pow(1000, inputChannel / (CHANNELS - 1.0));
    }
    return convOf(name, input, 1, weights);
  }

  private String convOf(String name, String input, int kernel, float[] weights) {
    Shape shape = Shape.of(CHANNELS, CHANNELS, kernel, kernel);
    constant(name + ".W", Tensor.ofFloats(shape, weights));
    long pad = kernel / 2;
    add("Conv", name, List.of(input, name + ".W"), NodeList.integers("pads", pad, pad, pad, pad));
    return add("Relu", name + ".relu", List.of(name));
  }

  /** Adds a MatMul with a random constant of [rows, columns]. */
  String product(String name, String input, int rows, int columns) {
    constant(name + ".W", Tensor.ofFloats(Shape.of(rows, columns), random(name, rows * columns)));
    return add("MatMul", name, List.of(input, name + ".W"));
  }

  TinyNetwork constant(String name, Tensor tensor) {
    graph.constant(name, tensor);
    return this;
  }

  /** Adds a random constant. */
  TinyNetwork weight(String name, long... dimensions) {
    Shape shape = Shape.of(dimensions);
    return constant(name, Tensor.ofFloats(shape, random(name, (int) shape.elementCount())));
  }

  TinyNetwork output(String name) {
    return output(name, ElementType.FLOAT);
  }

  TinyNetwork output(String name, ElementType type) {
    graph.output(name, type);
    return this;
  }

  OnnxModel build() {
    return OnnxModel.of(NodeList.model().setGraph(graph.graph()).build().toByteArray());
  }

  private static float[] random(String name, int count) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * Math.sqrt((double) CHANNELS / count));
    }
    return values;
  }
}
