/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a node beside one that stays float32 stay float32 too where that saves Casts, or costs none
 * and spares the middle of a normalization the rounding.
 *
 * <p>A tensor needs a Cast when it is computed in one type and read in the other. Nodes are looked
 * at forwards, backwards and forwards again; each look costs the number of its inputs and outputs.
 * Operators with a DequantizeLinear before them are left alone: a Cast must not come between.
 */
final class IslandGrowth {
  private static final Set<String> WEIGHTED =
      Set.of("Conv", "ConvTranspose", "DequantizeLinear", "Einsum", "Gemm", "MatMul");
  private static final Set<String> SENSITIVE = Set.of("Div", "ReduceMean", "Sqrt");

  private final ElementTypes types;
  private final Set<Node> halves;
  private final Map<Value, Readers> readers = new HashMap<>();

  IslandGrowth(ElementTypes types, Set<Node> halves) {
    this.types = types;
    this.halves = halves;
  }

  /** Takes nodes out of the set of those that compute in float16, and returns them. */
  Set<Node> grow(List<Node> nodes) {
    Set<Node> grown = new HashSet<>();
    nodes.forEach(node -> visit(node, grown));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      visit(nodes.get(i), grown);
    }
    nodes.forEach(node -> visit(node, grown));
    return grown;
  }

  private void visit(Node node, Set<Node> grown) {
    if (!halves.contains(node) || !mayChange(node)) {
      return;
    }
    int saved = 0;
    boolean isBesideIsland = false;
    boolean isBehindIsland = false;
    Map<Value, Integer> reads = reads(node);
    for (Map.Entry<Value, Integer> read : reads.entrySet()) {
      Readers of = readers(read.getKey());
      isBehindIsland |= of.isComputedInIsland;
      isBesideIsland |= of.isComputedInIsland || of.isReadInIsland();
      saved += of.casts() - of.casts(of.isComputedInHalf, read.getValue());
    }
    for (Value output : typedOutputs(node)) {
      Readers of = readers(output);
      isBesideIsland |= of.isReadInIsland();
      saved += of.casts() - of.casts(false, 0);
    }
    boolean isWorthwhile = isBesideIsland && saved > 0;
    if (isWorthwhile || (isBehindIsland && saved == 0 && isSensitive(node))) {
      change(node, reads);
      grown.add(node);
    }
  }

  private void change(Node node, Map<Value, Integer> reads) {
    halves.remove(node);
    reads.forEach(
        (value, count) -> {
          readers(value).floats += count;
          readers(value).halves -= count;
        });
    for (Value output : typedOutputs(node)) {
      readers(output).isComputedInHalf = false;
      readers(output).isComputedInIsland = true;
    }
  }

  private static boolean mayChange(Node node) {
    return !OperatorTypes.isOneOf(WEIGHTED, node)
        && !node.is("QuantizeLinear")
        && node.inputs().stream()
            .flatMap(input -> input.producer().stream())
            .noneMatch(producer -> producer.is("DequantizeLinear"));
  }

  /**
   * Tells whether a node gains from float32 beside an island: the steps from squares to a ratio.
   */
  private static boolean isSensitive(Node node) {
    return OperatorTypes.isOneOf(SENSITIVE, node)
        || (node.is("Add") && node.inputs().stream().anyMatch(IslandGrowth::isScalarConstant));
  }

  private static boolean isScalarConstant(Value value) {
    return value.constantShape().map(Shape::elementCount).filter(count -> count == 1).isPresent();
  }

  private Map<Value, Integer> reads(Node node) {
    Map<Value, Integer> reads = new HashMap<>();
    for (int i = 0; i < node.inputCount(); i++) {
      Optional<Value> input = node.input(i);
      if (OperatorTypes.isTypedInput(node, i) && input.isPresent() && !input.get().isConstant()) {
        reads.merge(input.get(), 1, Integer::sum);
      }
    }
    return reads;
  }

  private List<Value> typedOutputs(Node node) {
    return node.outputs().stream()
        .filter(types::isFloat)
        .filter(output -> PrecisionPlan.isTypedOutput(node, output))
        .toList();
  }

  private Readers readers(Value value) {
    return readers.computeIfAbsent(value, this::count);
  }

  private Readers count(Value value) {
    Readers counted = new Readers();
    value
        .producer()
        .ifPresent(
            producer -> {
              counted.isComputedInHalf =
                  halves.contains(producer) && PrecisionPlan.isTypedOutput(producer, value);
              counted.isComputedInIsland = !counted.isComputedInHalf && !producer.is("Cast");
            });
    counted.outside = value.isGraphOutput() || value.isCaptured() ? 1 : 0;
    for (Use use : value.uses()) {
      if (halves.contains(use.node()) && OperatorTypes.isTypedInput(use.node(), use.inputIndex())) {
        counted.halves += use.node().is("QuantizeLinear") ? 0 : 1;
      } else if (!OperatorTypes.readsAny(use.node())) {
        counted.floats++;
      }
    }
    return counted;
  }

  /** How often a value is read in either type, and in which it is computed. */
  private static final class Readers {
    private int outside;
    private int floats;
    private int halves;
    private boolean isComputedInHalf;
    private boolean isComputedInIsland;

    boolean isReadInIsland() {
      return floats > 0;
    }

    int casts() {
      return casts(isComputedInHalf, 0);
    }

    /** Returns the Casts needed if so many more readers were float32. */
    int casts(boolean fromHalf, int moved) {
      return (fromHalf ? outside + floats + moved > 0 : halves - moved > 0) ? 1 : 0;
    }
  }
}
