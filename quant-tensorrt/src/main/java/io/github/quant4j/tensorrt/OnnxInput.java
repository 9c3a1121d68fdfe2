/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the model of a build comes from: a file, beside which its external data lies, or bytes. */
final class OnnxInput {

  private final @Nullable Path path;
  private final byte[] bytes;

  private OnnxInput(@Nullable Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  static OnnxInput of(Path path) {
    return new OnnxInput(path.toAbsolutePath(), new byte[0]);
  }

  static OnnxInput of(byte[] bytes) {
    return new OnnxInput(null, bytes.clone());
  }

  /** The model in words. */
  String name() {
    return path == null ? "model" : "model '%s'".formatted(path.getFileName());
  }

  /** The file; null for bytes. */
  @Nullable String location() {
    return path == null ? null : path.toString();
  }

  /**
   * The bytes of the model, without its external data.
   *
   * @throws EngineBuildException if there are none
   */
  byte[] read() throws IOException {
    byte[] read = path == null ? bytes : Files.readAllBytes(path);
    if (read.length == 0) {
      throw EngineBuildException.refusal("%s is empty, expected an ONNX model".formatted(name()));
    }
    return read;
  }
}
