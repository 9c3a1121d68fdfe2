/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.core.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;

/**
 * The file of a plan, and the file beside it that holds the digest of the plan.
 *
 * <p>TensorRT looks at the first bytes of a plan only; others that changed on their way here may
 * end the process. The digest is in a file of its own, in the form of the program sha256sum, since
 * other programs take the plan as it is; it is looked at where it is there.
 *
 * @param path the plan
 */
record PlanFile(Path path) {

  /** What a Java array can hold. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

  private static final int MOST_DIGEST_BYTES = 1 << 16;
  private static final String PREFIX = "sha256:";

  /** Writes a plan, at once, and its digest. */
  void write(byte[] plan) throws IOException {
    Path beside = digestFile();
    try {
      // First: whatever fails after this leaves a plan without a digest, never with that of
      // another.
      Files.deleteIfExists(beside);
      AtomicFile.write(path, out -> out.write(plan));
      byte[] line = "%s  %s\n".formatted(digest(plan), name()).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(beside, out -> out.write(line));
    } catch (FileSystemException named) {
      throw named;
    } catch (IOException e) {
      // A full disk says neither which file nor how large.
      FileSystemException named =
          new FileSystemException(
              path.toString(),
              null,
              "plan of %s bytes cannot be written: %s; make room or choose another folder"
                  .formatted(plan.length, e.getMessage()));
      named.initCause(e);
      throw named;
    }
  }

  /**
   * Reads the plan.
   *
   * @throws EngineLoadException if it is too large, or is not the plan that the digest is of
   */
  byte[] read() throws IOException {
    long size = Files.size(path);
    if (size > MOST_BYTES) {
      throw new EngineLoadException(
          EngineLoadException.Reason.WRONG_SIZE,
          "plan '%s' has %s bytes, expected at most %s".formatted(path, size, MOST_BYTES),
          List.of());
    }
    byte[] plan = Files.readAllBytes(path);
    requireDigest(plan);
    return plan;
  }

  private void requireDigest(byte[] plan) throws IOException {
    Path beside = digestFile();
    if (!Files.isRegularFile(beside)) {
      return;
    }
    String expected = firstWord(beside);
    String found = digest(plan);
    if (!found.equals(expected)) {
      throw new EngineLoadException(
          EngineLoadException.Reason.CHANGED,
          ("plan '%s' has the SHA-256 '%s', expected '%s' as '%s' says; copy or build the plan again,"
                  + " or delete that file if the plan was replaced on purpose")
              .formatted(path, found, expected, beside.getFileName()),
          List.of());
    }
  }

  private static String firstWord(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_DIGEST_BYTES), StandardCharsets.UTF_8);
      return text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
    }
  }

  private Path digestFile() {
    return path.resolveSibling(name() + ".sha256");
  }

  private String name() {
    return String.valueOf(path.getFileName());
  }

  private static String digest(byte[] plan) {
    MessageDigest digest = Sha256.create();
    digest.update(plan);
    return Sha256.text(digest).substring(PREFIX.length());
  }
}
