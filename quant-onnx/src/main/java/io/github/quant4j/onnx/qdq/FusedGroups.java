/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.FusedGroup.Kind;
import io.github.quant4j.onnx.qdq.FusedGroup.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernels TensorRT is expected to make of a planned model, to be compared with those an engine
 * has.
 *
 * <p>An expectation, not a promise: a builder also weighs times. What is told rests on where the
 * pairs of the plan stand. A weighted operator takes up a zero Pad before it, and behind it a scale
 * by constants, a residual Add, one activation and a MaxPool, as long as no pair and no second
 * reader stands between. Functions of single elements behind one another are one kernel. An
 * operator that computes shapes from shapes is in no group: it runs while the engine is built, or
 * on the host. Immutable and thread-safe. Source: NVIDIA TensorRT developer guide, layer fusion and
 * explicit quantization.
 *
 * @param groups the kernels, in the order in which their last nodes stand
 * @param reformats the tensors that a step of their own turns into int8, because what computes them
 *     writes float
 */
public record FusedGroups(List<FusedGroup> groups, List<String> reformats) {
  /**
   * Copies the lists.
   *
   * @param groups the kernels
   * @param reformats the tensors that are turned into int8 by a step of their own
   */
  public FusedGroups {
    groups = List.copyOf(groups);
    reformats = List.copyOf(reformats);
  }

  /**
   * Predicts the kernels of a model. Cost: O(nodes).
   *
   * @param graph the float graph the plan was made for
   * @param plan the plan
   * @return the prediction
   */
  public static FusedGroups of(Graph graph, QuantizationPlan plan) {
    Set<Node> onShapes = EngineOperators.onShapesAlone(graph.nodes());
    PlannedPrecision precision = new PlannedPrecision(graph, plan);
    Set<Value> codes = new HashSet<>();
    List<FusedGroup> groups = new ArrayList<>();
    for (List<Node> nodes : FusionForecast.of(graph, plan, onShapes)) {
      boolean readsCodes = precision.readsCodes(nodes, codes, onShapes);
      List<Value> outputs = nodes.get(nodes.size() - 1).outputs();
      boolean writesCodes = readsCodes && outputs.stream().allMatch(precision::hasOnlyInt8Readers);
      if (writesCodes) {
        codes.addAll(outputs);
      }
      groups.add(describe(nodes, readsCodes, writesCodes));
    }
    return new FusedGroups(groups, reformats(graph, plan, codes));
  }

  private static FusedGroup describe(List<Node> nodes, boolean readsCodes, boolean writesCodes) {
    boolean isWeighted = nodes.stream().anyMatch(EngineOperators::isWeighted);
    boolean isPointwise = EngineOperators.isPointwise(nodes.get(0));
    Kind rest = isPointwise ? Kind.POINTWISE : Kind.SINGLE;
    return new FusedGroup(
        isWeighted ? Kind.WEIGHTED : rest,
        nodes.stream().map(Node::name).toList(),
        readsCodes ? Precision.INT8 : Precision.FLOAT,
        writesCodes ? Precision.INT8 : Precision.FLOAT);
  }

  private static List<String> reformats(Graph graph, QuantizationPlan plan, Set<Value> codes) {
    return plan.activationPairs().stream()
        .map(ActivationPair::tensor)
        .filter(tensor -> graph.value(tensor).filter(codes::contains).isEmpty())
        .toList();
  }

  /**
   * Returns the prediction as text: a line a kernel, then a line a reformat.
   *
   * @return the text
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    groups.forEach(group -> text.append(group).append('\n'));
    reformats.forEach(tensor -> text.append("REFORMAT ").append(tensor).append('\n'));
    return text.toString();
  }
}
