/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where and how often a run keeps its state.
 *
 * @param file the checkpoint
 * @param interval after how many batches it is written
 * @param modelDigest the digest of the observation model and what it runs with
 */
record Checkpoints(Path file, int interval, String modelDigest) {

  private static final Logger LOGGER = LoggerFactory.getLogger(Checkpoints.class);

  /**
   * Returns the state that an earlier run left, if there is any.
   *
   * @throws IOException if it cannot be read, or none could be written, which is told before hours
   *     are spent on what it would hold
   */
  Optional<CalibrationState> find() throws IOException {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    if (Files.isDirectory(file) || !Files.isDirectory(folder)) {
      throw new IOException(
          "checkpoint '%s' cannot be written: %s, expected a file in a folder that exists"
              .formatted(
                  file,
                  Files.isDirectory(file) ? "it is a folder" : "there is no folder " + folder));
    }
    return Files.exists(file) ? Optional.of(CheckpointFile.read(file)) : Optional.empty();
  }

  boolean isDue(long batchCount) {
    return batchCount % interval == 0;
  }

  void write(CalibrationState state) throws IOException {
    CheckpointFile.write(file, state);
  }

  /** Removes what a complete run has no more use for; its result is not lost where that fails. */
  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOGGER.warn(
          "cannot delete checkpoint '{}' though its run is complete; delete it, or the next run"
              + " goes on from it: {}",
          file,
          e.toString());
    }
  }
}
