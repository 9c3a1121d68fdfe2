/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.core.file.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/*
 * The format, in the big-endian order of java.io.DataOutput:
 *
 *   8 bytes   "Q4JCHECK"
 *   int       version, 1
 *   text      digest of the model; a text is an int, the number of UTF-16 units, and the units
 *   boolean   whether histograms are kept
 *   long      batches observed
 *   long      samples observed
 *   double    threshold of convergence
 *   int       window of convergence
 *   int       number of tensors; for each, sorted by name:
 *     text    name
 *     count   NaN and infinite values; a count is 7 bits a byte, lowest first, all but the last
 *             byte with the highest bit set
 *     byte    0 no finite value, 1 statistics, 2 histogram
 *             1: float minimum, float maximum, count of finite values
 *             2: float minimum, float maximum, then the bins from 0 on and those below 0: each a
 *                count of bins and the count of every bin
 *     count   last batch of growth
 *     count   number of ranges, at most window + 1; for each float minimum, float maximum
 *   32 bytes  SHA-256 of all before
 */
/**
 * The file that a calibration run goes on from. The same state gives the same bytes, and what is
 * read is what was written, bit for bit.
 *
 * <p>A checkpoint takes the place of the one before in one step, so that a process killed at any
 * moment leaves a whole one, and beside it at most an unfinished hidden {@code .part} that nobody
 * reads. It is not forced to the disk: after a power cut the file may hold less than was written,
 * which its digest tells, and the run starts over.
 */
final class CheckpointFile {

  static final int DIGEST_LENGTH = 32;

  private CheckpointFile() {}

  /**
   * Writes a checkpoint.
   *
   * @throws IOException if it cannot be written, on a full disk for example; the one before is left
   *     as it was
   */
  static void write(Path path, CalibrationState state) throws IOException {
    try {
      AtomicFile.write(path, out -> write(out, state));
    } catch (IOException e) {
      throw new IOException(
          "cannot write checkpoint '%s': %s; a checkpoint before it is left as it was, %s"
              .formatted(path, e, "make room or name another file, then resume"),
          e);
    }
  }

  /**
   * Reads a checkpoint. Memory is bounded by the size of the file, whatever it says.
   *
   * @throws IOException if the file cannot be read
   * @throws CalibrationException if it is none, of another version or damaged
   */
  static CalibrationState read(Path path) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path))) {
      DigestInputStream digesting = new DigestInputStream(file, Sha256.create());
      CalibrationState state = new CheckpointReader(new DataInputStream(digesting)).read();
      byte[] expected = digesting.getMessageDigest().digest();
      digesting.on(false);
      if (!MessageDigest.isEqual(digesting.readNBytes(DIGEST_LENGTH), expected)) {
        throw new StreamCorruptedException("its content is not that of its SHA-256");
      }
      if (digesting.read() >= 0) {
        throw new StreamCorruptedException("it goes on after its end");
      }
      return state;
    } catch (EOFException e) {
      throw unreadable(path, "it ends too early", e);
    } catch (StreamCorruptedException | IllegalArgumentException | ArithmeticException e) {
      throw unreadable(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static void write(OutputStream file, CalibrationState state) throws IOException {
    DigestOutputStream digesting = new DigestOutputStream(file, Sha256.create());
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(digesting));
    new CheckpointWriter(out).write(state);
    out.flush();
    file.write(digesting.getMessageDigest().digest());
  }

  private static CalibrationException unreadable(Path path, String found, Exception cause) {
    return new CalibrationException(
        "cannot resume from checkpoint '%s': %s; delete it to start over".formatted(path, found),
        cause);
  }
}
