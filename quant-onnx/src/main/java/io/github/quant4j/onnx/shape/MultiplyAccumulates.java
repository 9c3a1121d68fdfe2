/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The multiplications, each with its addition, that a graph's convolutions, products and recurrent
 * layers do in one run.
 *
 * <pre>
 * Conv             elements of the output * elements of the weight per output channel
 * ConvTranspose    elements of the input * elements of the weight per input channel
 * Gemm, MatMul     elements of the output * inner size
 * LSTM, GRU, RNN   elements of the input and of the hidden state, times gates * hidden size
 * </pre>
 *
 * <p>Windows over the border count in full. Sizes that are not known but multiply every count, as
 * the batch does, are taken as 1; a count that depends on others (height and width, say) is not
 * known, see {@link ShapeInference#of(Graph, Map)}. Other operators, Einsum included, are not
 * counted. Immutable and thread-safe.
 */
public final class MultiplyAccumulates {
  private final Map<String, NodeCount> counts;

  private MultiplyAccumulates(Map<String, NodeCount> counts) {
    this.counts = counts;
  }

  /**
   * What one node does in one run.
   *
   * @param node the node's name
   * @param opType its operator
   * @param multiplyAdds the count, empty when not known
   */
  public record NodeCount(String node, String opType, OptionalLong multiplyAdds) {}

  /**
   * Counts the multiply-adds of a graph. Cost: O(nodes).
   *
   * @param graph the graph; nodes should have names of their own
   * @param shapes the shapes of its values
   * @return the counts
   */
  public static MultiplyAccumulates of(Graph graph, ShapeInference shapes) {
    Map<Node, Size> formulas = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (node.is("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN")) {
        formulas.put(node, formula(node, shapes));
      }
    }
    Size shared = commonFactor(formulas.values().stream().filter(s -> !s.isUnknown()).toList());
    Map<String, NodeCount> counts = new LinkedHashMap<>();
    formulas.forEach(
        (node, formula) -> {
          OptionalLong count = formula.divideExactly(shared).fixed();
          counts.putIfAbsent(node.name(), new NodeCount(node.name(), node.opType(), count));
        });
    return new MultiplyAccumulates(counts);
  }

  /**
   * Returns the counts of the nodes that are counted, in the order of the graph.
   *
   * @return the counts
   */
  public List<NodeCount> counts() {
    return List.copyOf(counts.values());
  }

  /**
   * Returns the sum over all nodes.
   *
   * @return the sum, 0 when nothing is counted, empty when some count is not known
   */
  public OptionalLong total() {
    Size total = Size.ZERO;
    for (NodeCount count : counts.values()) {
      OptionalLong number = count.multiplyAdds();
      total = total.plus(number.isPresent() ? Size.of(number.getAsLong()) : Size.UNKNOWN);
    }
    return total.fixed();
  }

  private static Size formula(Node node, ShapeInference shapes) {
    return switch (node.opType()) {
      case "Conv" -> perElement(sizes(node, shapes, false), weight(node, shapes));
      case "ConvTranspose" -> perElement(sizes(node, shapes, true), weight(node, shapes));
      case "Gemm" ->
          Size.product(sizes(node, shapes, false))
              .times(axis(sizes(node, shapes, true), node.integer("transA", 0) == 0 ? 1 : 0));
      case "MatMul" -> {
        List<Size> left = sizes(node, shapes, true);
        yield Size.product(sizes(node, shapes, false)).times(axis(left, left.size() - 1));
      }
      default -> recurrent(node, shapes);
    };
  }

  /** Returns the sizes of input 0 or output 0; one unknown size when the rank is not known. */
  private static List<Size> sizes(Node node, ShapeInference shapes, boolean isInput) {
    return (isInput ? node.input(0) : node.output(0))
        .flatMap(shapes::sizes)
        .orElse(List.of(Size.UNKNOWN));
  }

  private static List<Size> weight(Node node, ShapeInference shapes) {
    return node.input(1).flatMap(shapes::sizes).orElse(List.of(Size.UNKNOWN));
  }

  private static Size perElement(List<Size> elements, List<Size> weight) {
    return weight.size() < 3
        ? Size.UNKNOWN
        : Size.product(elements).times(Size.product(weight.subList(1, weight.size())));
  }

  private static Size axis(List<Size> sizes, int axis) {
    return axis >= 0 && axis < sizes.size() ? sizes.get(axis) : Size.UNKNOWN;
  }

  private static Size recurrent(Node node, ShapeInference shapes) {
    List<Size> input = sizes(node, shapes, true);
    if (input.size() != 3) {
      return Size.UNKNOWN;
    }
    Size hidden = Size.of(node.integer("hidden_size", 0));
    long gates = node.is("LSTM") ? 4 : node.is("GRU") ? 3 : 1;
    long directions = node.text("direction", "forward").equals("bidirectional") ? 2 : 1;
    return input
        .get(0)
        .times(input.get(1))
        .times(input.get(2).plus(hidden))
        .times(hidden)
        .times(Size.of(gates * directions));
  }

  /** Returns the product of the atoms that every term of every formula has. */
  private static Size commonFactor(List<Size> formulas) {
    Map<Atom, Integer> common = new HashMap<>();
    boolean isFirst = true;
    for (Size formula : formulas) {
      for (Size.Term term : formula.terms()) {
        Map<Atom, Integer> powers = new HashMap<>();
        term.atoms().forEach(atom -> powers.merge(atom, 1, Integer::sum));
        if (isFirst) {
          common.putAll(powers);
          isFirst = false;
        }
        common.replaceAll((atom, power) -> Math.min(power, powers.getOrDefault(atom, 0)));
      }
    }
    List<Size> factors = new ArrayList<>();
    common.forEach(
        (atom, power) -> {
          for (int i = 0; i < power; i++) {
            factors.add(Size.of(atom));
          }
        });
    return Size.product(factors);
  }
}
