/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.file.AtomicFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Reads model files whole, and writes them so that none is ever half written. */
final class ModelFile {
  static final long LARGEST_SIZE = Integer.MAX_VALUE - 8;

  /**
   * How much is read or written at once. A channel copies what it is given through memory outside
   * the heap, as much at once as it is given, and keeps that memory for the thread.
   */
  private static final int PIECE_BYTES = 1 << 18;

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
    // What has no size, such as a pipe, ends where it ends.
    return size == 0 ? Files.readAllBytes(file) : readInPieces(file, new byte[(int) size]);
  }

  private static byte[] readInPieces(Path file, byte[] bytes) throws IOException {
    int count = 0;
    try (InputStream in = Files.newInputStream(file)) {
      int read = 0;
      while (count < bytes.length && read >= 0) {
        read = in.read(bytes, count, Math.min(PIECE_BYTES, bytes.length - count));
        count += Math.max(0, read);
      }
      if (count < bytes.length || in.read() >= 0) {
        throw new IOException(
            "model \"%s\" had %s bytes and changed while it was read; expected a file at rest"
                .formatted(file, bytes.length));
      }
    }
    return bytes;
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
      AtomicFile.write(file, out -> content.writeTo(new PiecewiseOutput(out)));
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

  /** Hands large arrays on piece by piece. */
  private static final class PiecewiseOutput extends FilterOutputStream {
    PiecewiseOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += PIECE_BYTES) {
        out.write(bytes, offset + done, Math.min(PIECE_BYTES, length - done));
      }
    }
  }
}
