/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;

/**
 * Writes residual blocks with pairs where PyTorch's eager mode puts them: behind every operator and
 * every fused Conv and Relu, with the scale of the Add on both sides of the Relu behind it.
 */
final class ResidualBlocks {
  static final long[] SHAPE = {2, 16, 6, 6};
  static final float SUM_SCALE = 2f;
  static final float BRANCH_SCALE = 1.6f;

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private String last;

  ResidualBlocks() {
    last = graph.pair("x.pair", graph.input("x", 2, 16, 6, 6), 0.04f);
  }

  private String conv(String name, String input, int kernel) {
    return graph.int8Conv(name, input, 16, 16, kernel);
  }

  private String convRelu(String name, String input, int kernel) {
    String relu = builder.relu(name + ".relu", conv(name, input, kernel));
    return graph.pair(name + ".pair", relu, BRANCH_SCALE);
  }

  private String convPair(String name, String input, int kernel) {
    return graph.pair(name + ".pair", conv(name, input, kernel), BRANCH_SCALE);
  }

  /** Adds conv1, conv2 and the Add {@code <name>.add} with the block's input. */
  ResidualBlocks basic(String name) {
    String main = convPair(name + ".conv2", convRelu(name + ".conv1", last, 3), 3);
    return join(name, main, last);
  }

  /** Adds a block of two 1x1 and one 3x3 convolution. */
  ResidualBlocks bottleneck(String name) {
    String inner = convRelu(name + ".conv2", convRelu(name + ".conv1", last, 1), 3);
    return join(name, convPair(name + ".conv3", inner, 1), last);
  }

  /** Adds a block whose skip is a convolution of its own. */
  ResidualBlocks projection(String name, boolean isSkipFirst) {
    String main = convPair(name + ".conv2", convRelu(name + ".conv1", last, 3), 3);
    String skip = convPair(name + ".down", last, 1);
    return isSkipFirst ? join(name, skip, main) : join(name, main, skip);
  }

  /** Adds a block that normalizes before it convolves, without Relu behind the Add. */
  ResidualBlocks preActivation(String name) {
    String normal =
        graph.pair(
            name + ".bn.pair", builder.batchNormalization(name + ".bn", last, 16), BRANCH_SCALE);
    String relu =
        graph.pair(name + ".relu.pair", builder.relu(name + ".relu", normal), BRANCH_SCALE);
    String main = convPair(name + ".conv2", convRelu(name + ".conv1", relu, 3), 3);
    last = graph.pair(name + ".pair", builder.sum(name + ".add", main, last), SUM_SCALE);
    return this;
  }

  private ResidualBlocks join(String name, String left, String right) {
    String sum = graph.pair(name + ".sum", builder.sum(name + ".add", left, right), SUM_SCALE);
    last = graph.pair(name + ".pair", builder.relu(name + ".relu", sum), SUM_SCALE);
    return this;
  }

  /** Ends in an average, a Flatten and a Gemm, each with a pair, and gives out float numbers. */
  OnnxModel classifier() {
    builder.add("GlobalAveragePool", "mean", List.of(last));
    builder.add("Flatten", "flat", List.of(graph.pair("mean.pair", "mean", SUM_SCALE)));
    String weight = graph.weight("fc.w", 1, 16, 32);
    builder.add("Gemm", "fc", List.of(graph.pair("flat.pair", "flat", SUM_SCALE), weight));
    return graph.build("fc");
  }

  /** Gives out what the last pair does. */
  OnnxModel build() {
    return graph.build(last);
  }
}
