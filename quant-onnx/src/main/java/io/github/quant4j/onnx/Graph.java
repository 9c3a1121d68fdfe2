/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.GraphProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The main graph of a model: values, and nodes in an order in which each can be computed after the
 * one before it.
 *
 * <p>Nodes form a linked list, so inserting and removing costs the same wherever it happens. The
 * graph is changed through {@link #rewriter()} alone; everything else here only looks. Not
 * thread-safe.
 */
public final class Graph {
  private final GraphProto shell;
  private final @Nullable Graph outer;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Set<Value> initializers = new LinkedHashSet<>();
  private final Set<String> namesInSubgraphs = new HashSet<>();
  private final Set<String> obsoleteTypes = new HashSet<>();
  private final Set<Value> newlyDeclared = new LinkedHashSet<>();
  private final List<Value> declaredInputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private @Nullable Node first;
  private @Nullable Node last;

  /**
   * Creates an empty graph.
   *
   * @param shell everything the file says of the graph that is not held as values and nodes
   * @param outer the graph around this one when it is a body, else null
   */
  Graph(GraphProto shell, @Nullable Graph outer) {
    this.shell = shell;
    this.outer = outer;
  }

  /**
   * Returns the nodes in order.
   *
   * @return a copy that later changes to the graph do not touch
   */
  public List<Node> nodes() {
    List<Node> nodes = new ArrayList<>();
    for (Node node = first; node != null; node = node.next()) {
      nodes.add(node);
    }
    return Collections.unmodifiableList(nodes);
  }

  /**
   * Returns the inputs a caller must feed; inputs that merely list an initializer are left out.
   *
   * @return the inputs in declared order
   */
  public List<Value> inputs() {
    return declaredInputs.stream().filter(Value::isGraphInput).toList();
  }

  /**
   * Returns the outputs.
   *
   * @return the outputs in declared order
   */
  public List<Value> outputs() {
    return List.copyOf(outputs);
  }

  /**
   * Returns the initializers.
   *
   * @return the constant values in the order of the file
   */
  public List<Value> initializers() {
    return List.copyOf(initializers);
  }

  /**
   * Finds a value by its name.
   *
   * @param name the name
   * @return the value, empty when the graph has none of that name
   */
  public Optional<Value> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * Returns copies of the graphs in a node's attributes: the branches of an If, the body of a Loop
   * or a Scan. Values they read from around them have no producer there. What is changed in them
   * reaches the model through {@link GraphRewriter#replaceBodies}.
   *
   * @param node a node of this graph
   * @return the bodies in the order of the attributes, empty for most nodes
   */
  public List<Graph> bodies(Node node) {
    return SubgraphAttributes.of(node.proto()).stream()
        .map(body -> GraphReader.readBody(body, this, "the body of node \"" + node + "\""))
        .toList();
  }

  /**
   * Returns the one object through which this graph is changed.
   *
   * @return a rewriter
   */
  public GraphRewriter rewriter() {
    return new GraphRewriter(this);
  }

  GraphProto shell() {
    return shell;
  }

  boolean isFree(String name) {
    return !values.containsKey(name)
        && !namesInSubgraphs.contains(name)
        && (outer == null || outer.isFree(name));
  }

  /** Finds what a body may read: a value of this graph, or else of the graphs around it. */
  Optional<Value> visible(String name) {
    Value own = values.get(name);
    return own != null || outer == null ? Optional.ofNullable(own) : outer.visible(name);
  }

  void reserve(Set<String> names) {
    namesInSubgraphs.addAll(names);
  }

  List<Value> declaredInputs() {
    return Collections.unmodifiableList(declaredInputs);
  }

  Value define(String name) {
    Value value = new Value(name);
    add(value);
    return value;
  }

  void add(Value value) {
    values.put(value.name(), value);
  }

  void initialize(Value value, StoredTensor tensor) {
    value.setConstant(tensor);
    initializers.add(value);
  }

  void uninitialize(Value value) {
    value.setConstant(null);
    value.setGraphInput(false);
    initializers.remove(value);
    declaredInputs.remove(value);
  }

  void forget(Value value) {
    values.remove(value.name());
    initializers.remove(value);
    declaredInputs.remove(value);
    obsoleteTypes.add(value.name());
    newlyDeclared.remove(value);
  }

  /** Notes that the type a value has now takes the place of what the shell says of its name. */
  void redeclare(Value value) {
    obsoleteTypes.add(value.name());
    newlyDeclared.add(value);
  }

  /** Returns the computed values between inputs and outputs whose types the shell does not hold. */
  List<Value> newlyDeclared() {
    return newlyDeclared.stream()
        .filter(value -> value.producer().isPresent() && !value.isGraphOutput())
        .toList();
  }

  /** Tells whether the value_info entry of this name, which stays in the shell, still holds. */
  boolean isTypeObsolete(String name) {
    return obsoleteTypes.contains(name);
  }

  /** Takes the initializers off the list of inputs, where files of IR 3 repeat them. */
  boolean undeclareInitializers() {
    boolean isChanged = declaredInputs.removeIf(Value::isConstant);
    initializers.forEach(value -> value.setGraphInput(false));
    return isChanged;
  }

  void declareInput(Value value) {
    value.setGraphInput(true);
    declaredInputs.add(value);
  }

  void declareOutput(Value value) {
    value.setGraphOutput(true);
    outputs.add(value);
  }

  /** Makes a value an output that the file does not list; its type moves to the list of outputs. */
  void addOutput(Value value) {
    declareOutput(value);
    obsoleteTypes.add(value.name());
  }

  /** Notes what the bodies of a node define, and what they read from this graph. */
  void connectBodies(Node node) {
    SubgraphNames names = SubgraphNames.of(node.proto());
    reserve(names.defined());
    for (String name : names.captured()) {
      node.capture(
          value(name)
              .orElseThrow(
                  () ->
                      new ModelFormatException(
                          "the body of node \"%s\" reads \"%s\", which nothing defines"
                              .formatted(node, name))));
    }
  }

  void append(Node node) {
    link(last, node, null);
  }

  void insertBefore(Node anchor, Node node) {
    link(anchor.previous(), node, anchor);
  }

  void unlink(Node node) {
    Node before = node.previous();
    Node after = node.next();
    if (before == null) {
      first = after;
    } else {
      before.link(before.previous(), after);
    }
    if (after == null) {
      last = before;
    } else {
      after.link(before, after.next());
    }
    node.link(null, null);
  }

  private void link(@Nullable Node before, Node node, @Nullable Node after) {
    node.link(before, after);
    if (before == null) {
      first = node;
    } else {
      before.link(before.previous(), node);
    }
    if (after == null) {
      last = node;
    } else {
      after.link(node, after.next());
    }
  }
}
