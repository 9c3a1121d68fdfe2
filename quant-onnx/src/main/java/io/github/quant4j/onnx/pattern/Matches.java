/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The patterns found so far, no two of which share a node. Not thread-safe.
 *
 * <p>Counts how often each value is read once and for all, so that looking at a candidate costs
 * what the candidate has of nodes, however many others read its input.
 */
final class Matches {
  private final Map<Node, Integer> positions = new HashMap<>();
  private final Map<Value, Integer> readerCounts = new HashMap<>();
  private final Map<Node, Pattern> byNode = new HashMap<>();
  private final Map<Value, Pattern> byOutput = new HashMap<>();
  private final Set<Pattern> patterns = new LinkedHashSet<>();

  Matches(Graph graph) {
    for (Node node : graph.nodes()) {
      positions.put(node, positions.size());
      node.inputs().forEach(input -> readerCounts.merge(input, 1, Integer::sum));
    }
  }

  /**
   * Tells whether nodes may become a pattern: none is part of one, and nothing outside reads what
   * they compute but the output.
   */
  boolean isFree(Collection<Node> nodes, Value output) {
    Map<Value, Integer> readsInside = new HashMap<>();
    nodes.forEach(node -> node.inputs().forEach(v -> readsInside.merge(v, 1, Integer::sum)));
    for (Node node : nodes) {
      if (byNode.containsKey(node)) {
        return false;
      }
      for (Value value : node.outputs()) {
        boolean isHidden =
            !value.isGraphOutput()
                && !value.isCaptured()
                && readerCounts.getOrDefault(value, 0).equals(readsInside.getOrDefault(value, 0));
        if (!isHidden && !value.equals(output)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Tells whether nothing but the nodes of a pattern reads a value. */
  boolean isOnlyReader(Pattern pattern, Value value) {
    long reads =
        pattern.nodes().stream()
            .flatMap(node -> node.inputs().stream())
            .filter(value::equals)
            .count();
    return !value.isGraphOutput()
        && !value.isCaptured()
        && readerCounts.getOrDefault(value, 0) == reads;
  }

  /** Returns nodes in the order of the graph. */
  List<Node> sorted(Collection<Node> nodes) {
    return nodes.stream()
        .sorted(Comparator.comparingInt(node -> positions.getOrDefault(node, 0)))
        .toList();
  }

  void add(Pattern pattern) {
    patterns.add(pattern);
    byOutput.put(pattern.output(), pattern);
    pattern.nodes().forEach(node -> byNode.put(node, pattern));
  }

  /** Takes a pattern back, so that a larger one can hold its nodes. */
  void remove(Pattern pattern) {
    patterns.remove(pattern);
    byOutput.remove(pattern.output());
    pattern.nodes().forEach(byNode::remove);
  }

  Optional<Pattern> covering(Node node) {
    return Optional.ofNullable(byNode.get(node));
  }

  Optional<Pattern> endingAt(Value value) {
    return Optional.ofNullable(byOutput.get(value));
  }

  /** Returns all patterns in the order of the nodes that end them. */
  List<Pattern> inOrder() {
    List<Pattern> ordered = new ArrayList<>(patterns);
    ordered.sort(
        Comparator.comparingInt(
            pattern ->
                pattern
                    .output()
                    .producer()
                    .map(node -> positions.getOrDefault(node, 0))
                    .orElse(0)));
    return ordered;
  }
}
