/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Reads model files whole, and writes them so that none is ever half written. */
final class ModelFile {
  static final long LARGEST_SIZE = Integer.MAX_VALUE - 8;

  private ModelFile() {}

  static byte[] read(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (!Files.exists(file)) {
      throw new NoSuchFileException(
          "model \"" + file + "\" does not exist; expected the path of an .onnx file");
    }
    if (Files.isDirectory(file)) {
      throw new IOException(
          "model \"" + file + "\" is a directory; expected the path of an .onnx file");
    }
    long size = Files.size(file);
    if (size > LARGEST_SIZE) {
      throw new ModelFormatException(
          "model \"" + file + "\" has " + size + " bytes; expected less than 2 GiB");
    }
    return Files.readAllBytes(file);
  }

  /** Returns the file to write: where a symbolic link leads to, else the path itself. */
  static Path target(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    boolean isTaken = Files.exists(file) && !Files.isRegularFile(file);
    if (directory == null || !Files.isDirectory(directory) || isTaken) {
      throw new IOException(
          "model cannot be written to \"%s\": expected a file path in an existing directory"
              .formatted(file));
    }
    return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  /** Writes a file that is replaced as a whole or not at all. */
  static void write(Path file, AtomicFile.Content content) throws IOException {
    try {
      AtomicFile.write(file, content);
    } catch (IOException e) {
      throw new IOException(
          "model cannot be written to \"%s\": %s; check permissions and space"
              .formatted(file, reason(e)),
          e);
    }
  }

  /** Returns what the file system says, without the path. */
  static String reason(IOException e) {
    String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return reason != null ? reason : e.getClass().getSimpleName();
  }
}
