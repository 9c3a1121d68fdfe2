/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many nodes of the kinds a repair is about a graph has. Immutable and thread-safe.
 *
 * @param counts the number of nodes by kind, sorted: {@code Cast}, {@code QuantizeLinear INT8},
 *     {@code DequantizeLinear INT32} and so on, the type being that of the codes; integer operators
 *     by their name
 */
public record Census(SortedMap<String, Integer> counts) {
  /**
   * Copies the counts.
   *
   * @param counts the number of nodes by kind
   */
  public Census {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /**
   * Counts the nodes of a graph.
   *
   * @param graph the graph; its bodies are not looked into
   * @return the counts
   */
  public static Census of(Graph graph) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (Node node : graph.nodes()) {
      if (node.is("Cast") || IntegerOperators.contains(node)) {
        counts.merge(node.opType(), 1, Integer::sum);
      }
      Quantizer.of(node)
          .ifPresent(
              found -> counts.merge(node.opType() + " " + found.codeType(), 1, Integer::sum));
    }
    return new Census(counts);
  }

  /**
   * Returns the number of nodes of one kind.
   *
   * @param kind the kind as {@link #counts()} names it
   * @return the number, 0 for kinds the graph has none of
   */
  public int count(String kind) {
    return counts.getOrDefault(kind, 0);
  }

  /**
   * Returns the counts as one line.
   *
   * @return for example {@code Cast 74, DequantizeLinear INT32 22}, or "none"
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      text.append(text.isEmpty() ? "" : ", ").append(entry.getKey()).append(' ');
      text.append(entry.getValue());
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
