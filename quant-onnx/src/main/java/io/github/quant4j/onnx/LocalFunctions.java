/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The functions a model defines for itself, and who calls whom. A snapshot. Immutable and
 * thread-safe.
 */
public final class LocalFunctions {
  private static final int DEEPEST = 200;
  private static final long LARGEST = 1_000_000;

  private final Map<List<String>, LocalFunction> functions = new LinkedHashMap<>();

  LocalFunctions(List<FunctionProto> stored) {
    for (FunctionProto proto : stored) {
      LocalFunction function = new LocalFunction(proto);
      functions.putIfAbsent(function.identity(), function);
    }
  }

  /**
   * Tells whether the model defines none.
   *
   * @return true when there is no function
   */
  public boolean isEmpty() {
    return functions.isEmpty();
  }

  /**
   * Returns the functions.
   *
   * @return an unmodifiable copy in the order of the model
   */
  public List<LocalFunction> all() {
    return List.copyOf(functions.values());
  }

  /**
   * Finds the function a node calls.
   *
   * @param node a node of the model
   * @return the function, empty when the node calls an operator
   */
  public Optional<LocalFunction> calledBy(Node node) {
    return calledBy(node.proto());
  }

  private Optional<LocalFunction> calledBy(NodeProto node) {
    return Optional.ofNullable(functions.get(LocalFunction.identity(node)));
  }

  /**
   * Refuses a graph whose calls do not come to an end, or only after too many nodes.
   *
   * @param graph the main graph
   * @throws OnnxException if a function calls itself, directly or through others, if calls nest
   *     deeper than 200, or if the bodies of all calls have more than 1,000,000 nodes together
   */
  public void requireFinite(Graph graph) {
    Map<LocalFunction, Long> sizes = new HashMap<>();
    long total = 0;
    for (Node node : graph.nodes()) {
      total += size(node.proto(), sizes, new LinkedHashSet<>());
    }
    if (total > LARGEST) {
      throw new OnnxException(
          "the functions of the model expand to more than %s nodes; export it without functions"
              .formatted(LARGEST));
    }
  }

  private long size(NodeProto node, Map<LocalFunction, Long> sizes, Set<LocalFunction> callers) {
    long size = 1;
    for (GraphProto body : SubgraphAttributes.of(node)) {
      for (NodeProto inner : body.getNodeList()) {
        size += size(inner, sizes, callers);
      }
    }
    Optional<LocalFunction> called = calledBy(node);
    return called.isEmpty()
        ? size
        : Math.min(LARGEST + 1, size + size(called.get(), sizes, callers));
  }

  private long size(
      LocalFunction function, Map<LocalFunction, Long> sizes, Set<LocalFunction> callers) {
    Long known = sizes.get(function);
    if (known != null) {
      return known;
    }
    if (!callers.add(function)) {
      throw new OnnxException(
          "function \"%s\" calls itself, by way of %s; a model cannot be recursive"
              .formatted(function, callers));
    }
    if (callers.size() > DEEPEST) {
      throw new OnnxException(
          "calls of functions nest deeper than %s at \"%s\"; export the model without functions"
              .formatted(DEEPEST, function));
    }
    long size = 0;
    for (NodeProto node : function.nodes()) {
      size = Math.min(LARGEST + 1, size + size(node, sizes, callers));
    }
    callers.remove(function);
    sizes.put(function, size);
    return size;
  }

  /** Returns the identities of the functions that a graph calls, directly or through others. */
  Set<List<String>> reachable(Graph graph) {
    Set<List<String>> reached = new LinkedHashSet<>();
    Deque<NodeProto> pending = new ArrayDeque<>();
    graph.nodes().forEach(node -> pending.add(node.proto()));
    while (!pending.isEmpty()) {
      NodeProto node = pending.remove();
      SubgraphAttributes.of(node).forEach(body -> pending.addAll(body.getNodeList()));
      Optional<LocalFunction> called = calledBy(node);
      if (called.isPresent() && reached.add(called.get().identity())) {
        pending.addAll(called.get().nodes());
      }
    }
    return reached;
  }
}
