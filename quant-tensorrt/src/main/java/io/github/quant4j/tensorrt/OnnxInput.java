/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the model of a build comes from: a file, beside which its external data lies, or bytes. */
final class OnnxInput {

  /** What protobuf allows and a Java array can hold. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

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
   * @throws EngineBuildException if there are none, or more than protobuf allows
   */
  byte[] read() throws IOException {
    byte[] read = path == null ? bytes : read(path);
    if (read.length == 0) {
      throw EngineBuildException.refusal("%s is empty, expected an ONNX model".formatted(name()));
    }
    return read;
  }

  private byte[] read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MOST_BYTES) {
      throw EngineBuildException.refusal(
          "%s has %s bytes, expected at most %s; keep its weights as external data"
              .formatted(name(), size, MOST_BYTES));
    }
    return Files.readAllBytes(file);
  }
}
