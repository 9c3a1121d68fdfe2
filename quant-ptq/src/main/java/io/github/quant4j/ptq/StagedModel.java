/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model where ONNX Runtime can load it: in memory, or, where it is large or keeps its tensors in
 * other files, in a temporary folder. What was opened must be closed before this is.
 */
final class StagedModel implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(StagedModel.class);

  /** Below the 2 GiB of an array, since the runtime copies what it is given in memory. */
  private static final long LARGEST_IN_MEMORY = 3L << 29;

  /** Says whose folder it is, should the process be killed. */
  static final String PREFIX = "quant4j-" + ProcessHandle.current().pid() + "-";

  private final OnnxModel model;
  private final @Nullable Path folder;

  private StagedModel(OnnxModel model, @Nullable Path folder) {
    this.model = model;
    this.folder = folder;
  }

  static StagedModel of(OnnxModel model) throws IOException {
    if (!model.hasExternalData() && model.byteSize() <= LARGEST_IN_MEMORY) {
      return new StagedModel(model, null);
    }
    StagedModel staged = new StagedModel(model, Files.createTempDirectory(PREFIX));
    try {
      model.write(staged.file());
      LOGGER.debug("staged a model of {} bytes in \"{}\"", model.byteSize(), staged.folder);
      return staged;
    } catch (IOException | RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  InferenceSession open(SessionSettings settings) {
    return folder == null
        ? InferenceSession.open(model.toByteArray(), settings)
        : InferenceSession.open(file(), settings);
  }

  Calibrator.Builder calibrator(Collection<String> observedTensors) {
    return folder == null
        ? Calibrator.builder(model.toByteArray(), observedTensors)
        : Calibrator.builder(file(), observedTensors);
  }

  EngineBuilder engineBuilder() {
    return folder == null ? EngineBuilder.of(model.toByteArray()) : EngineBuilder.of(file());
  }

  private Path file() {
    return requireNonNull(folder, "folder").resolve("model.onnx");
  }

  /** Deletes the temporary folder, if there is one. */
  @Override
  public void close() {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      LOGGER.warn("the temporary folder \"{}\" cannot be deleted: {}", folder, e.toString());
    }
  }
}
