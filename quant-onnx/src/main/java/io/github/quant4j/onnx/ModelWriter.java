/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores a model as one file or as two. */
final class ModelWriter {
  private static final Logger LOGGER = LoggerFactory.getLogger(ModelWriter.class);
  private static final int LARGEST_FRAME = 16;

  private final ModelProto shell;
  private final Graph graph;

  ModelWriter(ModelProto shell, Graph graph) {
    this.shell = shell;
    this.graph = graph;
  }

  /** Returns at least the number of bytes of {@link #proto()}. */
  long byteSize() {
    long size = (long) shell.getSerializedSize() + LARGEST_FRAME;
    size += GraphWriter.withoutInitializers(graph).getSerializedSize();
    for (StoredTensor tensor : GraphWriter.initializers(graph)) {
      size += tensor.storedSize();
    }
    return size;
  }

  /** Returns the model with all tensors inside. */
  ModelProto proto() {
    long size = byteSize();
    if (size > ModelFile.LARGEST_SIZE) {
      throw new OnnxException(
          "a model of %s bytes does not fit one file, which ends at 2 GiB; use OnnxModel.write(path), which puts its tensors into a second file"
              .formatted(size));
    }
    return proto(StoredTensor::proto);
  }

  /** Writes the model and returns its data file, empty where there is none. */
  Optional<Path> write(Path file, ModelLayout layout) throws IOException {
    Path target = ModelFile.target(file);
    ExternalLayout places =
        ExternalLayout.of(
            layout == ModelLayout.EXTERNAL_DATA ? GraphWriter.initializers(graph) : List.of());
    if (places.isEmpty()) {
      ModelProto proto = proto();
      ModelFile.write(target, proto::writeTo);
      return Optional.empty();
    }
    Path data = sibling(target, ".data");
    boolean isTaken = Files.exists(data, LinkOption.NOFOLLOW_LINKS);
    if (isTaken && Files.exists(target)) {
      return Optional.of(replace(target, data, places));
    }
    // Data without their model may be those of a model that was renamed.
    Path free = isTaken ? freeSibling(target) : data;
    ModelFile.write(free, places::writeTo);
    writeModel(target, free, places);
    return Optional.of(free);
  }

  /**
   * Replaces a model that may read the data file that has to be replaced too. The new data gets a
   * second name, which the model names until the first is free. Returns the name it has then.
   */
  private Path replace(Path target, Path data, ExternalLayout places) throws IOException {
    Path spare = freeSibling(target);
    boolean isSpareInUse = false;
    try {
      ModelFile.write(spare, places::writeTo);
      writeModel(target, spare, places);
      isSpareInUse = true;
      Files.delete(data);
      Files.createLink(data, spare);
      writeModel(target, data, places);
      isSpareInUse = false;
      return data;
    } catch (IOException | UnsupportedOperationException e) {
      if (!isSpareInUse) {
        throw e;
      }
      LOGGER.warn(
          "the data of \"{}\" stay in \"{}\", since \"{}\" cannot be replaced: {}",
          target,
          spare,
          data,
          e.toString());
      return spare;
    } finally {
      if (!isSpareInUse) {
        Files.deleteIfExists(spare);
      }
    }
  }

  private void writeModel(Path target, Path data, ExternalLayout places) throws IOException {
    String name = String.valueOf(data.getFileName());
    ModelProto proto = proto(tensor -> places.proto(tensor, name));
    ModelFile.write(target, proto::writeTo);
  }

  private ModelProto proto(Function<StoredTensor, TensorProto> form) {
    return shell.toBuilder().setGraph(GraphWriter.write(graph, form)).build();
  }

  private static Path freeSibling(Path target) {
    Path free;
    int number = 1;
    do {
      free = sibling(target, "." + number++ + ".data");
    } while (Files.exists(free, LinkOption.NOFOLLOW_LINKS));
    return free;
  }

  private static Path sibling(Path target, String suffix) {
    return target.resolveSibling(target.getFileName() + suffix);
  }
}
