/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/** Reads model files whole, and writes them so that none is ever half written. */
final class ModelFile {
  private static final long LARGEST_SIZE = Integer.MAX_VALUE - 8;

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

  /** Writes a new file beside the target, or beside what it links to, and moves it into place. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    boolean isTaken = Files.exists(target) && !Files.isRegularFile(target);
    if (directory == null || !Files.isDirectory(directory) || isTaken) {
      throw new IOException(
          "model cannot be written to \"%s\": expected a file path in an existing directory"
              .formatted(file));
    }
    Path beside = directory.resolve("." + UUID.randomUUID() + ".part");
    try {
      Files.write(beside, bytes, StandardOpenOption.CREATE_NEW);
      moveInto(beside, target);
    } catch (IOException e) {
      IOException failure =
          new IOException(
              "model cannot be written to \"%s\": %s; check permissions and space"
                  .formatted(file, cause(e)),
              e);
      deleteAfter(failure, beside);
      throw failure;
    }
  }

  private static void moveInto(Path beside, Path target) throws IOException {
    try {
      Files.move(
          beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteAfter(IOException failure, Path beside) {
    try {
      Files.deleteIfExists(beside);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static String cause(IOException e) {
    String cause = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return cause != null ? cause : e.getClass().getSimpleName();
  }
}
