/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

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
 * when asked for; those in data files beside the model are mapped into memory then, so a model may
 * be larger than the heap. Such a data file must not be written to as long as the model is in use;
 * it may be replaced as a whole, as {@link #write(Path)} does.
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
  private final List<Path> dataFiles;

  OnnxModel(ModelProto shell, Graph graph, List<Path> dataFiles) {
    this.shell = shell;
    this.graph = graph;
    this.dataFiles = List.copyOf(dataFiles);
  }

  /**
   * Reads a model file. Tensors in data files are found, and refused where they lie outside the
   * model's folder, overlap in part or do not fit their file, type and shape, before any is read.
   * Costs one copy of the file in memory; data files are not read, but where the model states their
   * checksum.
   *
   * @param file the file, below 2 GiB; data files may have any size
   * @return the model
   * @throws IOException if the file cannot be read
   * @throws ModelFormatException if its contents are not a whole ONNX model, or a data file is not
   *     as the model says
   */
  public static OnnxModel read(Path file) throws IOException {
    return ModelReader.read(file);
  }

  /**
   * Reads a model from memory.
   *
   * @param bytes the contents of a model file with all tensors inside; not kept
   * @return the model
   * @throws ModelFormatException if the bytes are not a whole ONNX model, or a tensor lies in
   *     another file
   */
  public static OnnxModel of(byte[] bytes) {
    return ModelReader.of(bytes);
  }

  /**
   * Writes the model: as one file, or with {@link ModelLayout#EXTERNAL_DATA} when it was read with
   * external data or would have 2 GiB or more.
   *
   * @param file the target; an existing file is replaced
   * @return the data file written beside it, empty where all is in one file
   * @throws IOException if the file cannot be written
   * @see #write(Path, ModelLayout)
   */
  public Optional<Path> write(Path file) throws IOException {
    boolean isLarge = byteSize() > ModelFile.LARGEST_SIZE;
    return write(
        file, hasExternalData() || isLarge ? ModelLayout.EXTERNAL_DATA : ModelLayout.SINGLE_FILE);
  }

  /**
   * Writes the model. The bytes go to new files beside the target, which then take its place, first
   * the data file, so the target is never half written and never beside data that are not its own;
   * that holds for the file this model was read from, too. A symbolic link stays, and the file it
   * leads to is replaced. Takes memory for one tensor at a time.
   *
   * @param file the target; an existing file is replaced, and so is its data file; data without a
   *     model are left, and the new ones get a number
   * @param layout where the tensors go
   * @return the data file written beside it, empty where all is in one file
   * @throws IOException if a file cannot be written
   * @throws OnnxException if the layout is {@link ModelLayout#SINGLE_FILE} and the model is too
   *     large for it
   */
  public Optional<Path> write(Path file, ModelLayout layout) throws IOException {
    return new ModelWriter(shell, graph).write(file, layout);
  }

  /**
   * Returns the contents of a model file with all tensors inside. The same model always gives the
   * same bytes.
   *
   * @return the bytes
   * @throws OnnxException if these are 2 GiB or more
   */
  public byte[] toByteArray() {
    return new ModelWriter(shell, graph).proto().toByteArray();
  }

  /**
   * Returns a digest of what the model holds: the same for the same contents under any file name,
   * and wherever the tensors are stored. Reads every tensor, one at a time; takes no memory for
   * them.
   *
   * @return {@code sha256:} and 64 hexadecimal digits
   * @throws OnnxException if a data file has changed or cannot be read
   */
  public String digest() {
    return ModelDigest.of(shell, graph);
  }

  /**
   * Returns a model that can be changed without changing this one. Costs time and memory for the
   * graph, not for the tensors, which both share.
   *
   * @return the copy
   */
  public OnnxModel copy() {
    Graph copied =
        GraphReader.read(
            GraphWriter.withoutInitializers(graph),
            GraphWriter.initializers(graph),
            "copy of a model");
    return new OnnxModel(shell, copied, dataFiles);
  }

  /**
   * Tells whether tensors lay outside the model file when the model was read.
   *
   * @return true for a model of several files
   */
  public boolean hasExternalData() {
    return !dataFiles.isEmpty();
  }

  /**
   * Returns the files beside the model file that held tensors when the model was read.
   *
   * @return their real paths, sorted; empty for a model of one file
   */
  public List<Path> dataFiles() {
    return dataFiles;
  }

  /**
   * Returns the size of the model as one file, whether that is possible or not, to within a few
   * bytes per tensor and never too small. Reads no tensor.
   *
   * @return bytes
   */
  public long byteSize() {
    return new ModelWriter(shell, graph).byteSize();
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
}
