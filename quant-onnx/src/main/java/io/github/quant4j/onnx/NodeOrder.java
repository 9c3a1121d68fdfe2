/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Puts nodes in an order in which each comes after the producers of what it reads (Kahn 1962).
 *
 * <p>The sort is stable: of the nodes that could come next, the one that stood first in the file
 * does, so a list already in order comes back as it was. Cost: O((n + e) log n) for n nodes and e
 * reads.
 */
final class NodeOrder {
  private final List<Node> nodes;
  private final List<List<Integer>> producers;
  private final int[] waiting;

  private NodeOrder(List<Node> nodes) {
    this.nodes = nodes;
    Map<Node, Integer> position = new HashMap<>();
    nodes.forEach(node -> position.put(node, position.size()));
    this.producers = nodes.stream().map(node -> producers(node, position)).toList();
    this.waiting = producers.stream().mapToInt(List::size).toArray();
  }

  /** Sorts nodes; {@code what} names the model in messages. */
  static List<Node> sort(List<Node> nodes, String what) {
    NodeOrder order = new NodeOrder(nodes);
    List<Node> sorted = order.release();
    if (sorted.size() < nodes.size()) {
      throw new ModelFormatException(
          "%s: node \"%s\" waits for its own result; the graph has a cycle"
              .formatted(what, order.nodeOnCycle()));
    }
    return sorted;
  }

  private static List<Integer> producers(Node node, Map<Node, Integer> position) {
    return node.reads().stream()
        .flatMap(read -> read.producer().stream())
        .map(position::get)
        .filter(Objects::nonNull)
        .toList();
  }

  private List<Node> release() {
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(node -> readers.add(new ArrayList<>(0)));
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      for (int producer : producers.get(i)) {
        readers.get(producer).add(i);
      }
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> sorted = new ArrayList<>(nodes.size());
    for (Integer next = ready.poll(); next != null; next = ready.poll()) {
      sorted.add(nodes.get(next));
      for (int reader : readers.get(next)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    return sorted;
  }

  /** Walks from a node that was not released to one it waits for, until the walk has to repeat. */
  private Node nodeOnCycle() {
    int node = IntStream.range(0, waiting.length).filter(i -> waiting[i] > 0).findFirst().orElse(0);
    for (int step = 0; step < waiting.length; step++) {
      node = producers.get(node).stream().filter(i -> waiting[i] > 0).findFirst().orElse(node);
    }
    return nodes.get(node);
  }
}
