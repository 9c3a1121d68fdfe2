/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The quantized operators whose output a bias shifts channel by channel: Conv, ConvTranspose, and
 * Gemm with beta 1, each with no bias yet or with a constant vector of one element per channel.
 */
final class CorrectableOperators {
  private static final int BIAS = 2;

  private CorrectableOperators() {}

  /**
   * Returns the shapes of their outputs averaged over all axes but the channels, axis 1, by name in
   * the order of the graph.
   */
  static Map<String, Shape> meanShapes(QuantizationPlan plan, Graph reference) {
    Set<String> weighted = new HashSet<>();
    plan.weights().forEach(weight -> weight.edges().forEach(edge -> weighted.add(edge.node())));
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Node node : reference.nodes()) {
      if (weighted.contains(node.name())) {
        meanShape(node).ifPresent(shape -> shapes.put(node.name(), shape));
      }
    }
    return shapes;
  }

  private static Optional<Shape> meanShape(Node node) {
    return WeightedOperator.weightShape(node)
        .filter(weight -> node.is("Conv", "ConvTranspose", "Gemm"))
        .filter(weight -> node.real("beta", 1) == 1)
        .map(weight -> meanShape(weight.rank(), channelCount(node, weight)))
        .filter(mean -> node.input(BIAS).isEmpty() || isVector(node, mean.dimension(1)));
  }

  /** A weight has the rank of the output, for Gemm as well. */
  private static Shape meanShape(int rank, long channelCount) {
    long[] dimensions = new long[rank];
    Arrays.fill(dimensions, 1);
    dimensions[1] = channelCount;
    return Shape.of(dimensions);
  }

  private static long channelCount(Node node, Shape weight) {
    if (node.is("ConvTranspose")) {
      return weight.dimension(1) * WeightedOperator.groups(node);
    }
    boolean isFirst = node.is("Conv") || node.integer("transB", 0) == 1;
    return weight.dimension(isFirst ? 0 : 1);
  }

  private static boolean isVector(Node node, long count) {
    Value bias = node.requiredInput(BIAS);
    return WeightedOperator.isFloatConstant(bias)
        && bias.constantShape().filter(Shape.of(count)::equals).isPresent();
  }

  /** Finds them in a model, each with the shape of its mean, in the order of the shapes. */
  static Map<Node, Shape> in(Graph graph, Map<String, Shape> shapes) {
    Map<String, Node> nodes = new HashMap<>();
    graph.nodes().forEach(node -> nodes.put(node.name(), node));
    Map<Node, Shape> found = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          Node node = nodes.get(name);
          if (node == null) {
            throw new OnnxException("the model lacks node \"" + name + "\" of the plan");
          }
          found.put(node, shape);
        });
    return found;
  }
}
