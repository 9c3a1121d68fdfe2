/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells which of two branches has more operators between their join and the tensor they both come
 * from. QuantizeLinear and DequantizeLinear do not count.
 *
 * <p>Both branches are walked back in step, level by level, until one reaches a tensor the other
 * has seen; so the cost is that of the branches, not of the whole graph. Branches are given up when
 * one has more than {@value #LARGEST_BRANCH} tensors, lest two that never meet cost a walk over the
 * graph for each join.
 */
public final class CommonAncestor {
  /** Many times what a residual block of any known network has. */
  private static final int LARGEST_BRANCH = 1_000;

  private final Map<Value, Integer> distances = new HashMap<>();
  private List<Value> front;

  private CommonAncestor(Value end) {
    Value start = beforePairs(end);
    distances.put(start, 0);
    front = List.of(start);
  }

  /**
   * Tells which of two branches is the longer.
   *
   * @param first what one branch ends in
   * @param second what the other ends in
   * @return 0 when the first is strictly longer, else 1; 1 too where the common ancestor is not
   *     found
   */
  public static int fartherOf(Value first, Value second) {
    CommonAncestor a = new CommonAncestor(first);
    CommonAncestor b = new CommonAncestor(second);
    for (int level = 1; canStepBack(a, b); level++) {
      a.stepBack(level);
      b.stepBack(level);
      Optional<Value> common = a.front.stream().filter(b.distances::containsKey).findFirst();
      if (common.isEmpty()) {
        common = b.front.stream().filter(a.distances::containsKey).findFirst();
      }
      if (common.isPresent()) {
        return a.distance(common.get()) > b.distance(common.get()) ? 0 : 1;
      }
    }
    return 1;
  }

  private static boolean canStepBack(CommonAncestor a, CommonAncestor b) {
    return !(a.front.isEmpty() && b.front.isEmpty())
        && a.distances.size() <= LARGEST_BRANCH
        && b.distances.size() <= LARGEST_BRANCH;
  }

  private int distance(Value value) {
    return distances.getOrDefault(value, Integer.MAX_VALUE);
  }

  private void stepBack(int level) {
    List<Value> next = new ArrayList<>();
    for (Value value : front) {
      for (Value before : value.producer().map(Node::inputs).orElse(List.of())) {
        Value operand = beforePairs(before);
        if (!operand.isConstant() && distances.putIfAbsent(operand, level) == null) {
          next.add(operand);
        }
      }
    }
    front = next;
  }

  /** Pairs are no operators: a branch is as long with them as without. */
  private static Value beforePairs(Value value) {
    Value current = value;
    Node producer = value.producer().orElse(null);
    while (producer != null
        && producer.is("QuantizeLinear", "DequantizeLinear")
        && producer.input(0).isPresent()) {
      current = producer.requiredInput(0);
      producer = current.producer().orElse(null);
    }
    return current;
  }
}
