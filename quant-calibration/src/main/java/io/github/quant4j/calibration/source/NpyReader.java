/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** Reads the elements of one .npy array from front to back. Owns its stream. Not thread-safe. */
final class NpyReader implements Closeable {

  /* The file system keeps direct memory of the size of the largest read for every thread. */
  private static final int LARGEST_READ = 1 << 16;

  private final InputStream in;
  private final String where;
  private final NpyHeader header;

  private NpyReader(InputStream in, String where, NpyHeader header) {
    this.in = in;
    this.where = where;
    this.header = header;
  }

  /**
   * Reads the header and compares it with the size of the file.
   *
   * @param in the bytes of the array, closed on failure
   * @param where what messages call the array
   * @param byteCount the number of bytes of the file or archive entry
   */
  static NpyReader open(InputStream in, String where, long byteCount) throws IOException {
    try {
      NpyHeader header = NpyHeader.read(in, where);
      long expected = header.dataByteCount();
      long found = byteCount - header.byteCount();
      if (expected < 0 || found < expected) {
        throw new CalibrationException(
            "%s holds %s bytes of elements, expected %s for %s%s; the file is truncated"
                .formatted(
                    where,
                    found,
                    expected < 0 ? "more than 2^63" : expected,
                    header.elementType(),
                    header.shape()));
      }
      return new NpyReader(in, where, header);
    } catch (ZipException | EOFException e) {
      in.close();
      throw damaged(where, e);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  String where() {
    return where;
  }

  NpyHeader header() {
    return header;
  }

  /** Fills some bytes of an array with the next elements, a whole number of them, little-endian. */
  void read(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    try {
      for (int at = offset; at < end; ) {
        int count = in.read(bytes, at, Math.min(LARGEST_READ, end - at));
        if (count < 0) {
          throw new EOFException("end of file");
        }
        at += count;
      }
    } catch (ZipException | EOFException e) {
      throw damaged(where, e);
    }
    if (header.isBigEndian()) {
      swap(bytes, offset, end, header.elementType().bitWidth() / Byte.SIZE);
    }
  }

  /** Passes over some bytes, by seeking unless they are compressed. */
  void skip(long length) throws IOException {
    try {
      if (in instanceof InflaterInputStream) {
        inflate(length);
      } else {
        in.skipNBytes(length);
      }
    } catch (ZipException | EOFException e) {
      throw damaged(where, e);
    }
  }

  /** Reads over bytes in larger pieces than the stream itself would. */
  private void inflate(long length) throws IOException {
    byte[] bytes = new byte[LARGEST_READ];
    for (long left = length; left > 0; ) {
      int count = in.read(bytes, 0, (int) Math.min(bytes.length, left));
      if (count < 0) {
        throw new EOFException("end of file");
      }
      left -= count;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static CalibrationException damaged(String where, IOException cause) {
    return new CalibrationException(
        "%s cannot be read to its end (%s); the file is damaged or has changed"
            .formatted(where, cause.getMessage()),
        cause);
  }

  private static void swap(byte[] bytes, int from, int to, int elementBytes) {
    for (int element = from; element < to; element += elementBytes) {
      for (int low = element, high = element + elementBytes - 1; low < high; low++, high--) {
        byte value = bytes[low];
        bytes[low] = bytes[high];
        bytes[high] = value;
      }
    }
  }
}
