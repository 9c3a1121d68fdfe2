/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** Tells engines of TensorRT from models, by how files begin and by how their names end. */
final class PlanFile {
  /** Plans of TensorRT 10 begin so. */
  private static final byte[] BEGINNING = "ftrt".getBytes(StandardCharsets.US_ASCII);

  private PlanFile() {}

  /** Tells whether a file is an engine, or is meant to be one. */
  static boolean is(Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (Stream.of(".plan", ".engine", ".trt").anyMatch(name::endsWith)) {
      return true;
    }
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(BEGINNING.length), BEGINNING);
    }
  }
}
