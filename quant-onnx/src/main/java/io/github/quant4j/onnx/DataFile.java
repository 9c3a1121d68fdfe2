/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds tensors of a model. It is noted when the model is read and must still be the
 * same file when a tensor is fetched.
 */
final class DataFile {
  private final Path path;
  private final BasicFileAttributes noted;
  private @Nullable String sha1;

  private DataFile(Path path, BasicFileAttributes noted) {
    this.path = path;
    this.noted = noted;
  }

  /** Notes a file by its real path, whether regular or not. */
  static DataFile of(Path realPath) throws IOException {
    return new DataFile(realPath, attributes(realPath));
  }

  Path path() {
    return path;
  }

  boolean isRegular() {
    return noted.isRegularFile();
  }

  long size() {
    return noted.size();
  }

  /** Returns the SHA-1 of the whole file in lower-case hexadecimal digits, read once. */
  String sha1() throws IOException {
    if (sha1 == null) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-1");
        try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
        sha1 = HexFormat.of().formatHex(digest.digest());
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("SHA-1 is part of every Java platform", e);
      }
    }
    return sha1;
  }

  /** Maps a region for reading; {@code tensor} names it in messages. */
  ByteBuffer map(String tensor, long offset, int length) {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      requireUnchanged(tensor);
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new OnnxException(
          "tensor \"%s\" cannot be read from \"%s\": %s"
              .formatted(tensor, path, ModelFile.reason(e)),
          e);
    }
  }

  private void requireUnchanged(String tensor) throws IOException {
    BasicFileAttributes now = attributes(path);
    FileTime modified = now.lastModifiedTime();
    if (now.size() != noted.size()
        || !modified.equals(noted.lastModifiedTime())
        || !Objects.equals(now.fileKey(), noted.fileKey())) {
      throw new OnnxException(
          "tensor \"%s\" cannot be read: \"%s\" has changed since the model was read; read the model again"
              .formatted(tensor, path));
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
