/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells which of two branches has more operators between their join and the tensor they both come
 * from.
 *
 * <p>Both branches are walked back in step, level by level, until one reaches a tensor the other
 * has seen; so the cost is that of the branches, not of the whole graph.
 */
final class CommonAncestor {
  private final Map<Value, Integer> distances = new HashMap<>();
  private List<Value> front;

  private CommonAncestor(Value start) {
    distances.put(start, 0);
    front = List.of(start);
  }

  /** Returns 0 when the first branch is strictly longer, else 1; 1 too without common ancestor. */
  static int fartherOf(Value first, Value second) {
    CommonAncestor a = new CommonAncestor(first);
    CommonAncestor b = new CommonAncestor(second);
    for (int level = 1; !a.front.isEmpty() || !b.front.isEmpty(); level++) {
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

  private int distance(Value value) {
    return distances.getOrDefault(value, Integer.MAX_VALUE);
  }

  private void stepBack(int level) {
    List<Value> next = new ArrayList<>();
    for (Value value : front) {
      for (Value before : value.producer().map(Node::inputs).orElse(List.of())) {
        if (!before.isConstant() && distances.putIfAbsent(before, level) == null) {
          next.add(before);
        }
      }
    }
    front = next;
  }
}
