/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.RepairReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A repaired model that has passed its verification.
 *
 * @param model the repaired model
 * @param report what was found and done
 * @param verification what came out when it was run
 */
public record RepairResult(OnnxModel model, RepairReport report, RepairVerification verification) {
  /**
   * Writes the repaired model, see {@link OnnxModel#write(Path)}.
   *
   * @param file the target; an existing file is replaced
   * @return the data file written beside it, empty where all is in one file
   * @throws IOException if the file cannot be written
   */
  public Optional<Path> write(Path file) throws IOException {
    return model.write(file);
  }
}
