/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of the graph, known by its name: a graph input, an initializer or the output of a node.
 *
 * <p>Values are changed by {@link GraphRewriter} alone. Not thread-safe.
 */
public final class Value {
  private final String name;
  private final Set<Use> uses = new LinkedHashSet<>();
  private @Nullable List<Use> listedUses;
  private TensorType type = TensorType.UNKNOWN;
  private @Nullable Node producer;
  private @Nullable StoredTensor constant;
  private @Nullable ValueInfoProto declaration;
  private boolean graphInput;
  private int captureCount;
  private boolean graphOutput;
  private boolean retyped;

  Value(String name) {
    this.name = name;
  }

  /**
   * Returns the name, unique in the graph.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the node that computes this value.
   *
   * @return the node, empty for graph inputs and initializers
   */
  public Optional<Node> producer() {
    return Optional.ofNullable(producer);
  }

  /**
   * Returns the places where nodes of this graph read the value, in the order in which they were
   * connected. Reads inside subgraphs are not listed; see {@link #isCaptured()}.
   *
   * @return a list that later changes to the graph do not touch; made once between changes
   */
  public List<Use> uses() {
    List<Use> listed = listedUses;
    if (listed == null) {
      listed = List.copyOf(uses);
      listedUses = listed;
    }
    return listed;
  }

  /**
   * Tells whether the value is an input the caller of the model must feed.
   *
   * @return true for graph inputs without initializer
   */
  public boolean isGraphInput() {
    return graphInput && constant == null;
  }

  /**
   * Tells whether the value is an output of the graph.
   *
   * @return true for graph outputs
   */
  public boolean isGraphOutput() {
    return graphOutput;
  }

  /**
   * Tells whether the body of an If, Loop or Scan reads the value from outside.
   *
   * @return true when a subgraph captures the value
   */
  public boolean isCaptured() {
    return captureCount > 0;
  }

  /**
   * Tells whether the value is an initializer. One that is listed as graph input too counts as
   * constant: overriding initializers at run time is not supported.
   *
   * @return true for initializers
   */
  public boolean isConstant() {
    return constant != null;
  }

  /**
   * Tells whether nothing depends on the value: no node, no subgraph, no output of the graph.
   *
   * @return true when it could be dropped
   */
  public boolean isUnused() {
    return uses.isEmpty() && !graphOutput && !isCaptured();
  }

  /**
   * Tells whether one node is the only reader: no other use, no subgraph, no output of the graph.
   *
   * @return true when the value lies between two nodes of the main graph
   */
  public boolean hasSingleReader() {
    return uses.size() == 1 && !graphOutput && !isCaptured();
  }

  /**
   * Returns the contents of an initializer; decoded on first use, without a copy where the model
   * stores raw bytes, and mapped into memory where they lie in a data file. Large contents that a
   * rewriting computes are computed anew by each call.
   *
   * @return the tensor, empty when the value is computed
   * @throws ModelFormatException if the stored bytes do not fit the stored shape
   * @throws OnnxException if the data file has changed or gone since the model was read
   */
  public Optional<Tensor> constant() {
    return Optional.ofNullable(constant).map(StoredTensor::tensor);
  }

  /**
   * Returns the shape of an initializer, without decoding its contents.
   *
   * @return the shape, empty when the value is computed
   */
  public Optional<Shape> constantShape() {
    return Optional.ofNullable(constant).map(StoredTensor::shape);
  }

  /**
   * Returns the element type of an initializer, without decoding its contents.
   *
   * @return the type, empty when the value is computed or the format knows no such type
   */
  public Optional<ElementType> constantElementType() {
    return Optional.ofNullable(constant).flatMap(StoredTensor::statedElementType);
  }

  /**
   * Tells whether this is an initializer of a type.
   *
   * @param elementType the type
   * @return false when the value is computed or of another type
   */
  public boolean isConstant(ElementType elementType) {
    return constantElementType().equals(Optional.of(elementType));
  }

  /**
   * Returns what the model declares of the type.
   *
   * @return the declared type, {@link TensorType#UNKNOWN} where it declares none
   */
  public TensorType type() {
    return type;
  }

  @Override
  public String toString() {
    return name;
  }

  @Nullable StoredTensor storedTensor() {
    return constant;
  }

  boolean isDeclaredInput() {
    return graphInput;
  }

  void setProducer(@Nullable Node node) {
    producer = node;
  }

  void setConstant(@Nullable StoredTensor tensor) {
    constant = tensor;
  }

  @Nullable ValueInfoProto declaration() {
    return declaration;
  }

  void declare(ValueInfoProto info) {
    declaration = info;
    type = TypeCodec.decode(info.getType());
  }

  /** Changes the element type of what is declared; shape and notes stay. */
  void retype(ElementType elementType) {
    if (declaration != null) {
      declare(TypeCodec.withElementType(declaration, elementType));
      retyped = true;
    }
  }

  boolean isRetyped() {
    return retyped;
  }

  /** Declares the type where the lists of inputs and outputs do not do so already. */
  void declareIfOpen(ValueInfoProto info) {
    if (declaration == null) {
      declare(info);
    }
  }

  void setGraphInput(boolean input) {
    graphInput = input;
  }

  void setGraphOutput(boolean output) {
    graphOutput = output;
  }

  void addCapture() {
    captureCount++;
  }

  void removeCapture() {
    captureCount--;
  }

  void addUse(Use use) {
    uses.add(use);
    listedUses = null;
  }

  void removeUse(Use use) {
    uses.remove(use);
    listedUses = null;
  }
}
