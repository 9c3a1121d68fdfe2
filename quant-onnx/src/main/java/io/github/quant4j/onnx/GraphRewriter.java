/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The only way to change a {@link Graph}. Every call keeps the graph whole: producers, uses and
 * names agree when it returns, and inputs and outputs of the graph keep their names.
 *
 * <p>Each call costs the number of values it touches. Not thread-safe.
 */
public final class GraphRewriter {
  private final Graph graph;

  GraphRewriter(Graph graph) {
    this.graph = graph;
  }

  /**
   * Returns a name that no value of the graph or of a subgraph has: the wish itself, or the wish
   * with a number.
   *
   * @param wish the name wished for
   * @return the name
   */
  public String freeName(String wish) {
    String name = wish;
    for (int suffix = 1; !graph.isFree(name); suffix++) {
      name = wish + "_" + suffix;
    }
    return name;
  }

  /**
   * Adds an initializer.
   *
   * @param name its name, free in the graph
   * @param tensor its contents; kept, not copied
   * @return the value
   * @throws IllegalArgumentException if the name is taken
   */
  public Value addInitializer(String name, Tensor tensor) {
    requireFree(name);
    Value value = graph.define(name);
    graph.initialize(value, StoredTensor.of(name, tensor));
    return value;
  }

  /**
   * Adds an input that the caller of the model must feed, behind those there are.
   *
   * @param name its name, free in the graph
   * @param elementType the type of its elements
   * @param shape its shape
   * @return the value
   * @throws IllegalArgumentException if the name is taken
   */
  public Value addInput(String name, ElementType elementType, Shape shape) {
    requireFree(name);
    Value value = graph.define(name);
    value.declare(TypeCodec.ofShape(name, elementType, shape));
    graph.declareInput(value);
    return value;
  }

  /**
   * Adds an initializer whose contents are computed when they are asked for: by {@link
   * Value#constant()} and when the model is written. Results of more than 64 KiB are not kept but
   * computed each time, so that models larger than memory can be rewritten.
   *
   * @param name its name, free in the graph
   * @param elementType the type of its elements
   * @param shape its shape
   * @param contents gives the same tensor of that type and shape at each call; kept
   * @return the value
   * @throws IllegalArgumentException if the name is taken
   */
  public Value addInitializer(
      String name, ElementType elementType, Shape shape, Supplier<Tensor> contents) {
    requireFree(name);
    Value value = graph.define(name);
    graph.initialize(value, new ComputedTensor(name, elementType, shape, contents));
    return value;
  }

  /**
   * Adds an initializer whose contents are a function of those another has now. Neither is held in
   * memory for it: the function is computed when its result is asked for, each time where it has
   * more than 64 KiB.
   *
   * @param name its name, free in the graph
   * @param source the other initializer; what becomes of it later makes no difference
   * @param elementType the type of its elements
   * @param function gives a tensor of that type and of the source's shape
   * @return the value
   * @throws IllegalArgumentException if the name is taken or the source is not an initializer
   */
  public Value addInitializer(
      String name, Value source, ElementType elementType, UnaryOperator<Tensor> function) {
    requireFree(name);
    StoredTensor derived = derived(name, source, elementType, function);
    Value value = graph.define(name);
    graph.initialize(value, derived);
    return value;
  }

  private static StoredTensor derived(
      String name, Value source, ElementType elementType, UnaryOperator<Tensor> function) {
    StoredTensor stored = requireInitializer(source);
    return new ComputedTensor(
        name, elementType, stored.shape(), () -> function.apply(stored.tensor()));
  }

  private static StoredTensor requireInitializer(Value value) {
    StoredTensor stored = value.storedTensor();
    if (stored == null) {
      throw new IllegalArgumentException("value \"" + value + "\" is not an initializer");
    }
    return stored;
  }

  /**
   * Replaces the contents of an initializer.
   *
   * @param value the initializer
   * @param tensor its new contents; kept, not copied
   * @throws IllegalArgumentException if the value is not an initializer
   */
  public void replaceConstant(Value value, Tensor tensor) {
    requireInitializer(value);
    value.setConstant(StoredTensor.of(value.name(), tensor));
  }

  /**
   * Replaces the contents of an initializer by a function of them, which is computed when they are
   * asked for, as it is by {@link #addInitializer(String, Value, ElementType, UnaryOperator)}.
   *
   * @param value the initializer
   * @param elementType the type of its new elements
   * @param function gives a tensor of that type and of the same shape
   * @throws IllegalArgumentException if the value is not an initializer
   */
  public void replaceConstant(
      Value value, ElementType elementType, UnaryOperator<Tensor> function) {
    value.setConstant(derived(value.name(), value, elementType, function));
  }

  /**
   * Makes the only output of a node an initializer of the same name, and removes the node.
   *
   * @param node a node whose result is known
   * @param tensor the result; kept, not copied
   * @throws IllegalArgumentException if the node has more than one output
   */
  public void replaceByConstant(Node node, Tensor tensor) {
    replaceByConstant(node, StoredTensor.of(node.output().name(), tensor));
  }

  /**
   * Does the same with a result that is computed when it is asked for, as that of {@link
   * #addInitializer(String, ElementType, Shape, Supplier)} is.
   *
   * @param node a node whose result can be computed
   * @param elementType the type of its elements
   * @param shape its shape
   * @param contents gives the same tensor of that type and shape at each call; kept
   * @throws IllegalArgumentException if the node has more than one output
   */
  public void replaceByConstant(
      Node node, ElementType elementType, Shape shape, Supplier<Tensor> contents) {
    String name = node.output().name();
    replaceByConstant(node, new ComputedTensor(name, elementType, shape, contents));
  }

  private void replaceByConstant(Node node, StoredTensor stored) {
    Value output = node.output();
    requireSingleOutput(node);
    detach(node);
    output.setProducer(null);
    graph.initialize(output, stored);
  }

  /**
   * Makes a node and puts it before another.
   *
   * @param anchor the node to stand before
   * @param blueprint what to make
   * @return the new node
   * @throws IllegalArgumentException if the name of its output is taken
   */
  public Node insertBefore(Node anchor, NodeBlueprint blueprint) {
    requireFree(blueprint.outputName());
    return insert(anchor, blueprint, graph.define(blueprint.outputName()));
  }

  /**
   * Makes a node and puts it behind another.
   *
   * @param anchor the node to stand behind
   * @param blueprint what to make
   * @return the new node
   * @throws IllegalArgumentException if the name of its output is taken
   */
  public Node insertBehind(Node anchor, NodeBlueprint blueprint) {
    requireFree(blueprint.outputName());
    return insert(anchor.next(), blueprint, graph.define(blueprint.outputName()));
  }

  /**
   * Puts a node before another in the order of the graph.
   *
   * @param node the node to move; all it reads must be computed before the anchor
   * @param anchor the node to stand before
   */
  public void moveBefore(Node node, Node anchor) {
    graph.unlink(node);
    graph.insertBefore(anchor, node);
  }

  /**
   * Lets a node write its output under another name, and computes the old name from that right
   * behind it. Readers, subgraphs and the outputs of the graph still see the old name.
   *
   * @param value the output of a node
   * @param name the name the node writes from now on, free in the graph
   * @param restoring makes the description of the node that computes the old name from the value it
   *     is given
   * @return the value of the new name
   * @throws IllegalArgumentException if no node writes the value, the name is taken, or the
   *     description writes another name than the old one
   */
  public Value divert(Value value, String name, Function<Value, NodeBlueprint> restoring) {
    Node writer = requireProducer(value);
    requireFree(name);
    Value diverted = new Value(name);
    NodeBlueprint blueprint = restoring.apply(diverted);
    if (!blueprint.outputName().equals(value.name())) {
      throw new IllegalArgumentException(
          "\"%s\" is written instead of \"%s\"".formatted(blueprint.outputName(), value));
    }
    graph.add(diverted);
    writer.setOutput(writer.outputPositions().indexOf(value), diverted);
    diverted.setProducer(writer);
    insert(writer.next(), blueprint, value);
    return diverted;
  }

  /**
   * Lets the nodes that write two values of one type write each other's. Readers follow the node
   * they read, so all that changes places are the names, and what outputs of the graph and
   * subgraphs see under them.
   *
   * @param a the output of a node
   * @param b the output of a node
   * @throws IllegalArgumentException if no node writes one of the values
   */
  public void exchange(Value a, Value b) {
    Node writerOfA = requireProducer(a);
    Node writerOfB = requireProducer(b);
    int positionOfA = writerOfA.outputPositions().indexOf(a);
    int positionOfB = writerOfB.outputPositions().indexOf(b);
    List<Use> readersOfA = a.uses();
    List<Use> readersOfB = b.uses();
    writerOfA.setOutput(positionOfA, b);
    b.setProducer(writerOfA);
    writerOfB.setOutput(positionOfB, a);
    a.setProducer(writerOfB);
    readersOfA.forEach(use -> replaceInput(use, b));
    readersOfB.forEach(use -> replaceInput(use, a));
  }

  private static Node requireProducer(Value value) {
    return value
        .producer()
        .orElseThrow(() -> new IllegalArgumentException("no node writes value \"" + value + "\""));
  }

  /**
   * Changes the element type that the model declares of a value, where it declares one.
   *
   * @param value a value whose element type has changed
   * @param elementType the new element type
   */
  public void retype(Value value, ElementType elementType) {
    value.retype(elementType);
  }

  private Node insert(@Nullable Node anchor, NodeBlueprint blueprint, Value output) {
    Node node = new Node(blueprint.proto(), new ArrayList<>(blueprint.inputs()), List.of(output));
    output.setProducer(node);
    for (int i = 0; i < blueprint.inputs().size(); i++) {
      blueprint.inputs().get(i).addUse(new Use(node, i));
    }
    if (anchor == null) {
      graph.append(node);
    } else {
      graph.insertBefore(anchor, node);
    }
    return node;
  }

  /**
   * Makes a node that computes what has been an initializer, so that its readers and its name stay.
   *
   * @param constant the initializer; it becomes the output of the new node
   * @param anchor the node to stand before
   * @param blueprint what to make; its output name is the initializer's
   * @return the new node
   * @throws IllegalArgumentException if the value is not an initializer, or the names differ
   */
  public Node computeConstant(Value constant, Node anchor, NodeBlueprint blueprint) {
    if (!constant.isConstant() || !constant.name().equals(blueprint.outputName())) {
      throw new IllegalArgumentException(
          "\"" + blueprint.outputName() + "\" is not the initializer \"" + constant + "\"");
    }
    graph.uninitialize(constant);
    return insert(anchor, blueprint, constant);
  }

  /**
   * Makes a node read another value.
   *
   * @param use the place of the read
   * @param value the value to read from now on
   */
  public void replaceInput(Use use, Value value) {
    Node node = use.node();
    node.input(use.inputIndex()).ifPresent(old -> old.removeUse(use));
    node.setInput(use.inputIndex(), value);
    value.addUse(use);
  }

  /**
   * Adds an input position that the node left out so far, for example the bias of a Conv.
   *
   * @param node the node
   * @param index the position to fill; positions between stay left out
   * @param value the value to read
   */
  public void fillInput(Node node, int index, Value value) {
    List<@Nullable Value> inputs = new ArrayList<>(node.inputPositions());
    while (inputs.size() <= index) {
      inputs.add(null);
    }
    node.resizeInputs(inputs);
    replaceInput(new Use(node, index), value);
  }

  /**
   * Makes a node read other values in place of all it has read so far.
   *
   * @param node the node
   * @param values what it reads from now on, none left out
   */
  public void replaceInputs(Node node, List<Value> values) {
    for (int i = 0; i < node.inputCount(); i++) {
      Use use = new Use(node, i);
      node.input(i).ifPresent(old -> old.removeUse(use));
    }
    node.resizeInputs(new ArrayList<>(values));
    for (int i = 0; i < values.size(); i++) {
      values.get(i).addUse(new Use(node, i));
    }
  }

  /**
   * Leaves out an optional input that the node has read so far.
   *
   * @param use the place of the read
   */
  public void omitInput(Use use) {
    Node node = use.node();
    node.input(use.inputIndex()).ifPresent(old -> old.removeUse(use));
    List<@Nullable Value> inputs = new ArrayList<>(node.inputPositions());
    inputs.set(use.inputIndex(), null);
    node.resizeInputs(inputs);
  }

  /**
   * Makes every node that reads one value read another. Reads inside subgraphs and the outputs of
   * the graph stay as they are.
   *
   * @param old the value read so far
   * @param value the value to read from now on
   */
  public void replaceUses(Value old, Value value) {
    old.uses().forEach(use -> replaceInput(use, value));
  }

  /**
   * Removes a node and lets another write its output instead; the output that the other wrote so
   * far disappears. This is how an operator is folded into the one before it.
   *
   * @param removed the node to remove, with one output
   * @param heir the node that writes that output from now on; its own first output must be read by
   *     the removed node only, and once
   * @throws IllegalArgumentException if the removed node has another output or the heir's is read
   *     by another node, captured or an output of the graph
   */
  public void absorb(Node removed, Node heir) {
    Value kept = removed.output();
    Value dropped = heir.output();
    requireSingleOutput(removed);
    if (!dropped.hasSingleReader() || !removed.inputs().contains(dropped)) {
      throw new IllegalArgumentException(
          "output \"%s\" of \"%s\" is not read by \"%s\" alone".formatted(dropped, heir, removed));
    }
    detach(removed);
    heir.setOutput(0, kept);
    kept.setProducer(heir);
    graph.forget(dropped);
  }

  /**
   * Removes a node whose outputs nothing reads.
   *
   * @param node the node
   * @throws IllegalArgumentException if an output is read, captured or an output of the graph
   */
  public void remove(Node node) {
    for (Value output : node.outputs()) {
      if (!output.isUnused()) {
        throw new IllegalArgumentException(
            "node \"" + node + "\" cannot be removed: its output \"" + output + "\" is in use");
      }
    }
    detach(node);
    node.outputs().forEach(graph::forget);
  }

  /**
   * Removes an initializer that nothing reads.
   *
   * @param value the initializer
   * @throws IllegalArgumentException if it is not an initializer or is in use
   */
  public void removeInitializer(Value value) {
    if (!value.isConstant() || !value.isUnused()) {
      throw new IllegalArgumentException("value \"" + value + "\" is not an unused initializer");
    }
    graph.forget(value);
  }

  /**
   * Returns the one object through which is changed what a node says of itself; what it reads and
   * writes is changed here.
   *
   * @param node a node of this graph
   * @return an editor
   */
  public NodeEditor edit(Node node) {
    return new NodeEditor(node);
  }

  /**
   * Replaces the graphs in a node's attributes.
   *
   * @param node a node of this graph
   * @param bodies the graphs that {@link Graph#bodies} gave, changed
   */
  public void replaceBodies(Node node, List<Graph> bodies) {
    node.releaseCaptures();
    node.setProto(
        SubgraphAttributes.replace(
            node.proto(),
            bodies.stream().map(body -> GraphWriter.write(body, StoredTensor::proto)).toList()));
    graph.connectBodies(node);
  }

  /**
   * Puts the body of a function where a call of it stands. The outputs of the call stay.
   *
   * @param call a node of this graph
   * @param body the graph of {@link LocalFunction#instantiate}
   * @return the nodes the graph has now in place of the call, in order
   * @throws OnnxException if an output of the body is an input that the call leaves out
   */
  public List<Node> inline(Node call, Graph body) {
    List<Node> added = new CallExpansion(graph, call, body).expand();
    detach(call);
    return added;
  }

  /**
   * Takes the initializers off the list of graph inputs, where files up to IR version 3 repeat
   * them; from version 4 on a caller could override those listed, so that they would not count as
   * constant.
   *
   * @return true when there were any
   */
  public boolean undeclareInitializers() {
    return graph.undeclareInitializers();
  }

  /**
   * Declares the type of a computed value; it takes the place of what the model declared so far.
   *
   * @param value the output of a node
   * @param type its type, with a known element type
   * @throws IllegalArgumentException if the element type is not known or no node computes the value
   */
  public void declareType(Value value, TensorType type) {
    if (type.elementType().isEmpty() || value.producer().isEmpty()) {
      throw new IllegalArgumentException(
          "value \"" + value + "\" cannot be declared as " + type + ": expected a computed value");
    }
    value.declare(TypeCodec.encode(value.name(), type));
    graph.redeclare(value);
  }

  /**
   * Declares that a computed value has the shape of another, where that is declared or a constant.
   *
   * @param value the output of a node
   * @param source the value it was made of
   * @param elementType the type of its elements
   */
  public void declareLike(Value value, Value source, ElementType elementType) {
    source
        .constantShape()
        .map(shape -> Arrays.stream(shape.toArray()).mapToObj(Dimension::of).toList())
        .or(() -> source.type().dimensions())
        .map(TensorType::ofDimensions)
        .ifPresent(type -> declareType(value, type.withElementType(elementType)));
  }

  /**
   * Gives an axis of an input of the graph a size that is chosen at run time and has a name.
   *
   * @param input an input of the graph whose dimensions are declared
   * @param axis the axis, from 0
   * @param name the name, which axes of equal size share
   * @throws IllegalArgumentException if the value is no such input
   * @throws IndexOutOfBoundsException if it has no such axis
   */
  public void nameDimension(Value input, int axis, String name) {
    ValueInfoProto declaration = input.declaration();
    if (declaration == null || !input.isGraphInput() || input.type().dimensions().isEmpty()) {
      throw new IllegalArgumentException(
          "value \"" + input + "\" is no input with declared dimensions");
    }
    Objects.checkIndex(axis, input.type().dimensions().get().size());
    input.declare(TypeCodec.withDimensionName(declaration, axis, name));
  }

  /**
   * Makes a value an output of the graph, after the outputs it has.
   *
   * @param value a computed float value that is not yet an output
   * @throws IllegalArgumentException if it is an output already
   */
  public void addOutput(Value value) {
    if (value.isGraphOutput()) {
      throw new IllegalArgumentException("value \"" + value + "\" is an output already");
    }
    graph.addOutput(value);
  }

  private void detach(Node node) {
    for (int i = 0; i < node.inputCount(); i++) {
      Use use = new Use(node, i);
      node.input(i).ifPresent(value -> value.removeUse(use));
    }
    node.releaseCaptures();
    graph.unlink(node);
  }

  private static void requireSingleOutput(Node node) {
    if (node.outputs().size() != 1) {
      throw new IllegalArgumentException(
          "node \"%s\" has %s outputs, expected one".formatted(node, node.outputs().size()));
    }
  }

  private void requireFree(String name) {
    if (!graph.isFree(name)) {
      throw new IllegalArgumentException("the graph has a value named \"" + name + "\" already");
    }
  }
}
