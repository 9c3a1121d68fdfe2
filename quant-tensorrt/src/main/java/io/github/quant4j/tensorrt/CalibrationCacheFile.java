/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.core.table.TableFormatException;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a calibration cache, and the one beside it that holds the digest of its model.
 *
 * @param path the cache
 * @param algorithm the calibrator that it must be of
 * @param libraryVersion the version of TensorRT that is to take it, which takes those of its major
 *     version (seen of 10.6, which took caches of 10.3 and 10.6.1 and none of 8.6)
 * @param digest the digest of the model that it must be of
 */
record CalibrationCacheFile(
    Path path, CalibrationAlgorithm algorithm, int libraryVersion, String digest) {

  /** From TensorRT 10 on, versions have two digits for the minor one. */
  private static final int SIX_DIGITS = 100_000;

  private static final Logger LOGGER = LoggerFactory.getLogger(CalibrationCacheFile.class);

  /**
   * Reads the cache.
   *
   * @return its bytes; empty when there is none, or one of another major version of TensorRT
   * @throws EngineCalibrationException if the file is no cache, or one of another model or
   *     calibrator
   */
  byte[] read() throws IOException {
    if (!Files.exists(path)) {
      return new byte[0];
    }
    byte[] bytes = Files.readAllBytes(path);
    TensorRtCalibrationCache cache = parse(bytes);
    if (algorithm.excludes(cache.algorithm())) {
      throw refusal(cache.algorithm(), algorithm.word(), "name another file");
    }
    verifyModel();
    if (major(cache.version()) != major(String.valueOf(libraryVersion))) {
      LOGGER.warn(
          "calibration cache {} is of TensorRT {}, expected one of the line of {}: the model is"
              + " calibrated anew",
          path,
          cache.version(),
          libraryVersion);
      return new byte[0];
    }
    return bytes;
  }

  /** The major version: 10 of 100600, 8 of 8603, 0 of what is no version. */
  private static int major(String version) {
    if (!version.matches("\\d{4,9}")) {
      return 0;
    }
    int number = Integer.parseInt(version);
    return number >= SIX_DIGITS ? number / 10_000 : number / 1_000;
  }

  /** Writes what TensorRT computed; where that fails the build goes on, with a warning. */
  void write(byte[] bytes) {
    try {
      // Without the digest while the two do not belong together.
      Files.deleteIfExists(modelPath());
      AtomicFile.write(path, out -> out.write(bytes));
      AtomicFile.write(
          modelPath(), out -> out.write((digest + "\n").getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      LOGGER.warn("calibration cache {} cannot be written, the build goes on", path, e);
    }
  }

  /** Where the digest of the model lies. */
  Path modelPath() {
    return path.resolveSibling(path.getFileName() + ".model");
  }

  private TensorRtCalibrationCache parse(byte[] bytes) throws IOException {
    try {
      return TensorRtCalibrationCache.read(new ByteArrayInputStream(bytes));
    } catch (TableFormatException e) {
      throw new EngineCalibrationException(
          "'%s' is no calibration cache of TensorRT: %s; delete it or name another file"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  private void verifyModel() throws IOException {
    if (Files.exists(modelPath())) {
      String found = Files.readString(modelPath(), StandardCharsets.ISO_8859_1).strip();
      if (!found.equals(digest)) {
        throw refusal(
            "model " + found, digest, "delete it to calibrate anew, or name another file");
      }
    }
  }

  private EngineCalibrationException refusal(String found, String expected, String remedy) {
    return new EngineCalibrationException(
        "calibration cache '%s' is of %s, expected %s; %s"
            .formatted(path, found, expected, remedy));
  }
}
