/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ONNX model in memory.
 *
 * <p>Whatever the file says is kept: attributes, metadata, local functions, other operator domains
 * and fields this version of the format does not know come out as they went in. Tensors are decoded
 * when asked for. A model file of 2 GiB or more, or one whose tensors lie in other files, is
 * refused.
 *
 * <p>Not thread-safe; {@link #copy()} is cheap, since copies share the tensors they do not change.
 */
public final class OnnxModel {
  private static final String STANDARD_DOMAIN = "ai.onnx";
  private static final Set<String> QUANTIZED_OPERATORS =
      Set.of(
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "ConvInteger",
          "MatMulInteger",
          "QGemm",
          "DynamicQuantizeMatMul",
          "MatMulIntegerToFloat",
          "MatMulNBits");

  private ModelProto shell;
  private final Graph graph;

  OnnxModel(ModelProto proto, String what) {
    this.shell = proto.toBuilder().clearGraph().build();
    this.graph = GraphReader.read(proto.getGraph(), what);
  }

  /**
   * Reads a model file.
   *
   * @param file the file
   * @return the model
   * @throws IOException if the file cannot be read
   * @throws ModelFormatException if its contents are not a whole ONNX model
   */
  public static OnnxModel read(Path file) throws IOException {
    return parse(ModelFile.read(file), "model \"" + file + "\"");
  }

  /**
   * Reads a model from memory.
   *
   * @param bytes the contents of a model file; not kept
   * @return the model
   * @throws ModelFormatException if the bytes are not a whole ONNX model
   */
  public static OnnxModel of(byte[] bytes) {
    return parse(bytes, "model");
  }

  private static OnnxModel parse(byte[] bytes, String what) {
    if (bytes.length == 0) {
      throw new ModelFormatException(what + " is empty; expected an ONNX model");
    }
    ModelProto proto;
    try {
      proto = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFormatException(
          "%s is not an ONNX model or is truncated: found %s bytes that are no whole ModelProto"
              .formatted(what, bytes.length),
          e);
    }
    if (!proto.hasGraph() || proto.getIrVersion() <= 0 || proto.getOpsetImportCount() == 0) {
      throw new ModelFormatException(
          what + " is not an ONNX model: it lacks a graph, an IR version or an operator set");
    }
    return new OnnxModel(proto, what);
  }

  /**
   * Writes the model. The bytes go to a new file beside the target, which then takes its place, so
   * the target is never half written. A symbolic link stays, and the file it leads to is replaced.
   *
   * @param file the target; an existing file is replaced
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    ModelFile.write(file, toByteArray());
  }

  /**
   * Returns the contents of a model file. The same model always gives the same bytes.
   *
   * @return the bytes
   */
  public byte[] toByteArray() {
    return toProto().toByteArray();
  }

  /**
   * Returns a model that can be changed without changing this one.
   *
   * @return the copy
   */
  public OnnxModel copy() {
    return new OnnxModel(toProto(), "copy of a model");
  }

  /**
   * Returns the main graph.
   *
   * @return the graph, live
   */
  public Graph graph() {
    return graph;
  }

  /**
   * Returns the version of the format.
   *
   * @return the IR version
   */
  public long irVersion() {
    return shell.getIrVersion();
  }

  /**
   * Raises the version of the format where it is lower.
   *
   * @param version the smallest version that will do
   */
  public void raiseIrVersion(long version) {
    if (irVersion() < version) {
      shell = shell.toBuilder().setIrVersion(version).build();
    }
  }

  /**
   * Returns the operator sets the model imports.
   *
   * @return versions by domain, the standard domain as empty text
   */
  public SortedMap<String, Long> opsets() {
    SortedMap<String, Long> opsets = new TreeMap<>();
    for (OperatorSetIdProto opset : shell.getOpsetImportList()) {
      opsets.put(canonicalDomain(opset.getDomain()), opset.getVersion());
    }
    return Collections.unmodifiableSortedMap(opsets);
  }

  /**
   * Returns the version of the standard operators.
   *
   * @return the version, 0 when the model imports none
   */
  public long opset() {
    return opsets().getOrDefault("", 0L);
  }

  /**
   * Raises the version of the standard operators where it is lower. The nodes must have been made
   * valid for it.
   *
   * @param version the version to import
   */
  public void raiseOpset(long version) {
    ModelProto.Builder raised = shell.toBuilder();
    for (OperatorSetIdProto.Builder opset : raised.getOpsetImportBuilderList()) {
      if (canonicalDomain(opset.getDomain()).isEmpty() && opset.getVersion() < version) {
        opset.setVersion(version);
      }
    }
    shell = raised.build();
  }

  /**
   * Imports an operator set, unless the model imports one of that domain.
   *
   * @param domain the domain, the standard domain as empty text
   * @param version the version
   */
  public void importOpset(String domain, long version) {
    if (!opsets().containsKey(domain)) {
      shell =
          shell.toBuilder()
              .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version))
              .build();
    }
  }

  /**
   * Returns the functions the model defines.
   *
   * @return the functions, as they are now
   */
  public LocalFunctions functions() {
    return new LocalFunctions(shell.getFunctionsList());
  }

  /**
   * Removes the functions that no node calls, directly or through other functions.
   *
   * @return true when there were any
   */
  public boolean removeUncalledFunctions() {
    Set<List<String>> called = functions().reachable(graph);
    List<FunctionProto> kept =
        shell.getFunctionsList().stream()
            .filter(stored -> called.contains(new LocalFunction(stored).identity()))
            .toList();
    boolean isChanged = kept.size() < shell.getFunctionsCount();
    if (isChanged) {
      shell = shell.toBuilder().clearFunctions().addAllFunctions(kept).build();
    }
    return isChanged;
  }

  /**
   * Returns the name of the program that made the model.
   *
   * @return the name, possibly empty
   */
  public String producer() {
    return (shell.getProducerName() + " " + shell.getProducerVersion()).strip();
  }

  /**
   * Returns the model's own notes.
   *
   * @return an unmodifiable copy in the order of the file
   */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : shell.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * Adds a note, or replaces the one of that key.
   *
   * @param key the key
   * @param value the text
   */
  public void putMetadata(String key, String value) {
    StringStringEntryProto entry =
        StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    List<StringStringEntryProto> entries = new ArrayList<>(shell.getMetadataPropsList());
    entries.replaceAll(old -> old.getKey().equals(key) ? entry : old);
    if (!entries.contains(entry)) {
      entries.add(entry);
    }
    shell = shell.toBuilder().clearMetadataProps().addAllMetadataProps(entries).build();
  }

  /**
   * Finds a node that shows the model to be quantized already: QuantizeLinear, DequantizeLinear or
   * one of the integer operators.
   *
   * @return the first such node of the main graph, empty for a float model
   */
  public Optional<Node> firstQuantizedNode() {
    return graph.nodes().stream().filter(OnnxModel::isQuantized).findFirst();
  }

  private static boolean isQuantized(Node node) {
    return QUANTIZED_OPERATORS.contains(node.opType()) || node.opType().startsWith("QLinear");
  }

  static String canonicalDomain(String domain) {
    return domain.equals(STANDARD_DOMAIN) ? "" : domain;
  }

  private ModelProto toProto() {
    return shell.toBuilder().setGraph(GraphWriter.write(graph)).build();
  }
}
