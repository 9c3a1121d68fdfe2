/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file to be timed.
 *
 * @param path an engine, or a model to make one of
 * @param model the model, empty for an engine
 */
record BenchFile(Path path, Optional<OnnxModel> model) {
  static BenchFile read(Path path) throws IOException {
    if (!PlanFile.is(path)) {
      return new BenchFile(path, Optional.of(OnnxModel.read(path)));
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return new BenchFile(path, Optional.empty());
  }

  /** Tells whether engines of several precisions can be made of it. */
  boolean isFloatModel() {
    return model.filter(onnx -> !EngineOptions.isQuantized(onnx)).isPresent();
  }
}
