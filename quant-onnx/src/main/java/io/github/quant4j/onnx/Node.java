/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One operator call of the graph.
 *
 * <p>Inputs and outputs are positional; a position the model leaves out is empty. Attributes are
 * read by name and kept as the file stores them, known here or not. Nodes are changed by {@link
 * GraphRewriter} alone. Not thread-safe.
 */
public final class Node {
  private NodeProto proto;
  private final List<@Nullable Value> inputs;
  private final List<@Nullable Value> outputs;
  private final List<Value> captures = new ArrayList<>();
  private @Nullable Node previous;
  private @Nullable Node next;

  Node(NodeProto proto, List<@Nullable Value> inputs, List<@Nullable Value> outputs) {
    this.proto = proto;
    this.inputs = new ArrayList<>(inputs);
    this.outputs = new ArrayList<>(outputs);
  }

  /**
   * Returns the name.
   *
   * @return the name, empty when the model gives none
   */
  public String name() {
    return proto.getName();
  }

  /**
   * Returns what to call this node in a message: its name, or its operator and first output.
   *
   * @return a text that tells the node apart
   */
  public String label() {
    if (!name().isEmpty()) {
      return name();
    }
    return outputs().stream().findFirst().map(out -> opType() + " of " + out).orElse(opType());
  }

  /**
   * Returns the operator, for example {@code Conv}.
   *
   * @return the operator type
   */
  public String opType() {
    return proto.getOpType();
  }

  /**
   * Returns the operator set the operator belongs to.
   *
   * @return the domain, empty for the standard operators ({@code ai.onnx} counts as empty)
   */
  public String domain() {
    return OnnxModel.canonicalDomain(proto.getDomain());
  }

  /**
   * Tells whether this calls one of the given standard operators.
   *
   * @param opTypes operators of the standard domain
   * @return true when it does
   */
  public boolean is(String... opTypes) {
    if (domain().isEmpty()) {
      for (String candidate : opTypes) {
        if (candidate.equals(opType())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns the number of input positions, those left out included.
   *
   * @return the count
   */
  public int inputCount() {
    return inputs.size();
  }

  /**
   * Returns the value read at a position.
   *
   * @param index the position, from 0
   * @return the value, empty when left out or past the end
   */
  public Optional<Value> input(int index) {
    return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
  }

  /**
   * Returns the value read at a position the operator cannot do without.
   *
   * @param index the position, from 0
   * @return the value
   * @throws OnnxException if it is left out
   */
  public Value requiredInput(int index) {
    return input(index)
        .orElseThrow(
            () ->
                new OnnxException(
                    "node \"%s\" lacks input %s, which %s needs"
                        .formatted(label(), index, opType())));
  }

  /**
   * Returns the values read, without positions left out.
   *
   * @return the values in order
   */
  public List<Value> inputs() {
    return present(inputs);
  }

  /**
   * Returns the value written at a position.
   *
   * @param index the position, from 0
   * @return the value, empty when left out or past the end
   */
  public Optional<Value> output(int index) {
    return index < outputs.size() ? Optional.ofNullable(outputs.get(index)) : Optional.empty();
  }

  /**
   * Returns the first output.
   *
   * @return the value
   * @throws OnnxException if the node has none
   */
  public Value output() {
    return output(0).orElseThrow(() -> new OnnxException("node \"" + label() + "\" has no output"));
  }

  /**
   * Returns the values written, without positions left out.
   *
   * @return the values in order
   */
  public List<Value> outputs() {
    return present(outputs);
  }

  /**
   * Returns the number of output positions, those left out included.
   *
   * @return the count
   */
  public int outputCount() {
    return outputs.size();
  }

  /**
   * Tells whether the node carries an attribute.
   *
   * @param attribute its name
   * @return true when it does
   */
  public boolean hasAttribute(String attribute) {
    return find(attribute).isPresent();
  }

  /**
   * Returns an integer attribute.
   *
   * @param attribute its name
   * @param absent what the operator takes when the attribute is not there
   * @return the value
   */
  public long integer(String attribute, long absent) {
    return find(attribute).map(AttributeProto::getI).orElse(absent);
  }

  /**
   * Returns a float attribute.
   *
   * @param attribute its name
   * @param absent what the operator takes when the attribute is not there
   * @return the value
   */
  public float real(String attribute, float absent) {
    return find(attribute).map(AttributeProto::getF).orElse(absent);
  }

  /**
   * Returns a text attribute.
   *
   * @param attribute its name
   * @param absent what the operator takes when the attribute is not there
   * @return the value
   */
  public String text(String attribute, String absent) {
    return find(attribute).map(found -> found.getS().toStringUtf8()).orElse(absent);
  }

  /**
   * Returns a list of integers.
   *
   * @param attribute its name
   * @return the values, empty when the attribute is not there
   */
  public Optional<List<Long>> integers(String attribute) {
    return find(attribute).map(AttributeProto::getIntsList);
  }

  /**
   * Returns a list of floats.
   *
   * @param attribute its name
   * @return the values, empty when the attribute is not there
   */
  public Optional<List<Float>> reals(String attribute) {
    return find(attribute).map(AttributeProto::getFloatsList);
  }

  /**
   * Returns a tensor attribute.
   *
   * @param attribute its name
   * @return the tensor, empty when the attribute is not there or holds something else
   * @throws ModelFormatException if the stored bytes do not fit the stored shape
   */
  public Optional<Tensor> tensor(String attribute) {
    return find(attribute)
        .filter(AttributeProto::hasT)
        .map(found -> TensorCodec.decode(label(), found.getT()));
  }

  /**
   * Returns what a Constant node holds as a tensor: its {@code value}, {@code value_int}, {@code
   * value_ints}, {@code value_float} or {@code value_floats}.
   *
   * @return the tensor, empty for other nodes and other forms (sparse, text)
   */
  public Optional<Tensor> constantTensor() {
    return is("Constant") ? ConstantForms.tensor(label(), proto) : Optional.empty();
  }

  @Override
  public String toString() {
    return label();
  }

  NodeProto proto() {
    return proto;
  }

  void setProto(NodeProto changed) {
    proto = changed;
  }

  void setInput(int index, Value value) {
    inputs.set(index, value);
  }

  void setOutput(int index, Value value) {
    outputs.set(index, value);
  }

  void resizeInputs(List<@Nullable Value> positions) {
    inputs.clear();
    inputs.addAll(positions);
  }

  List<@Nullable Value> inputPositions() {
    return Collections.unmodifiableList(inputs);
  }

  List<@Nullable Value> outputPositions() {
    return Collections.unmodifiableList(outputs);
  }

  /** Returns everything that must be computed first: inputs, and captures of its subgraphs. */
  List<Value> reads() {
    List<Value> reads = new ArrayList<>(inputs());
    reads.addAll(captures);
    return reads;
  }

  void capture(Value value) {
    captures.add(value);
    value.addCapture();
  }

  void releaseCaptures() {
    captures.forEach(Value::removeCapture);
    captures.clear();
  }

  @Nullable Node previous() {
    return previous;
  }

  @Nullable Node next() {
    return next;
  }

  void link(@Nullable Node before, @Nullable Node after) {
    previous = before;
    next = after;
  }

  private Optional<AttributeProto> find(String attribute) {
    for (AttributeProto candidate : proto.getAttributeList()) {
      if (candidate.getName().equals(attribute)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static List<Value> present(List<@Nullable Value> positions) {
    List<Value> present = new ArrayList<>(positions.size());
    for (Value value : positions) {
      if (value != null) {
        present.add(value);
      }
    }
    return Collections.unmodifiableList(present);
  }
}
