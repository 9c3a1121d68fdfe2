/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of single nodes why they must compute in float32. Softmax and the normalization operators
 * are not among them: TensorRT sums in float32 within such a layer, and what they read and write is
 * in range.
 */
final class PrecisionRules {
  private static final Map<String, String> BY_NATURE =
      Map.ofEntries(
          Map.entry("CumSum", "sums grow with the tensor"),
          Map.entry("Exp", "an exponential leaves float16 beyond 11.09"),
          Map.entry("Log", "a logarithm magnifies what rounding does to small numbers"),
          Map.entry("LpNormalization", "a norm sums powers"),
          Map.entry("LpPool", "a norm sums powers"),
          Map.entry("MeanVarianceNormalization", "a variance sums squares"),
          Map.entry("Pow", "a power leaves float16, a square beyond 255.9"),
          Map.entry("Reciprocal", "a reciprocal leaves float16 below 1.6e-5"),
          Map.entry("ReduceL1", "sums grow with the tensor"),
          Map.entry("ReduceL2", "a norm sums squares"),
          Map.entry("ReduceLogSum", "sums grow with the tensor"),
          Map.entry("ReduceLogSumExp", "an exponential leaves float16 beyond 11.09"),
          Map.entry("ReduceProd", "products grow with the tensor"),
          Map.entry("ReduceSum", "sums grow with the tensor"),
          Map.entry("ReduceSumSquare", "a norm sums squares"));

  private final ElementTypes types;
  private final NumericLimits limits;
  private final Set<Value> dataDependent = new HashSet<>();

  PrecisionRules(Graph graph, ElementTypes types, @Nullable CalibrationTable table) {
    this.types = types;
    this.limits = new NumericLimits(types, table);
    for (Value input : graph.inputs()) {
      dataDependent.add(input);
      limits.visitInput(input);
    }
  }

  /**
   * Returns why a node must stay float32; nodes are to be asked in the order of the graph. Nodes
   * without float32 tensors have no reason.
   */
  Optional<String> reason(Node node) {
    boolean isOfData = dependsOnData(node);
    if (isOfData) {
      dataDependent.addAll(node.outputs());
    }
    Optional<String> limit = limits.visit(node);
    if (OperatorTypes.readsAny(node) || !touchesFloat(node)) {
      return Optional.empty();
    }
    return typeReason(node)
        .or(() -> limit)
        .or(() -> Optional.ofNullable(BY_NATURE.get(node.opType())))
        .or(() -> squareReason(node))
        .or(() -> isOfData ? Optional.empty() : Optional.of("reads shapes and constants alone"));
  }

  /** A dequantized constant is data: it is the weight of an operator that computes in float16. */
  private boolean dependsOnData(Node node) {
    return node.is("DequantizeLinear", "QuantizeLinear")
        || OperatorTypes.hasBody(node)
        || (!node.is("Shape", "Size") && node.inputs().stream().anyMatch(dataDependent::contains));
  }

  private boolean touchesFloat(Node node) {
    return OperatorTypes.isKnown(node)
        ? types.computesFloat(node)
        : node.inputs().stream().anyMatch(types::isFloat)
            || node.outputs().stream().anyMatch(types::isFloat);
  }

  private static Optional<String> typeReason(Node node) {
    if (!node.domain().isEmpty()) {
      return Optional.of("an operator of domain \"" + node.domain() + "\" keeps its types");
    }
    if (OperatorTypes.hasBody(node)) {
      return Optional.of("its body computes in float32");
    }
    return OperatorTypes.allowsHalf(node)
        ? Optional.empty()
        : Optional.of(node.opType() + " is not known to compute in float16");
  }

  private static Optional<String> squareReason(Node node) {
    return node.is("Mul") && node.input(0).equals(node.input(1))
        ? Optional.of("a square leaves float16 beyond 255.9")
        : Optional.empty();
  }
}
