/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes arrays as {@code numpy.save} and {@code numpy.savez} do. */
final class NumpyWriter {
  private NumpyWriter() {}

  static Path writeFloats(Path file, float[] values, int... shape) throws IOException {
    ByteBuffer bytes = allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return write(file, "<f4", bytes, shape);
  }

  static Path writeDoubles(Path file, double[] values, int... shape) throws IOException {
    ByteBuffer bytes = allocate(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return write(file, "<f8", bytes, shape);
  }

  static Path writeLongs(Path file, long... values) throws IOException {
    ByteBuffer bytes = allocate(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return write(file, "<i8", bytes, values.length);
  }

  static Path write(Path file, String type, ByteBuffer bytes, int... shape) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      writeArray(out, type, bytes, shape);
    }
    return file;
  }

  /** Writes an archive of one float array. */
  static Path writeArchive(Path file, String array, float[] values, int... shape)
      throws IOException {
    ByteBuffer bytes = allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry(array + ".npy"));
      writeArray(out, "<f4", bytes, shape);
      out.closeEntry();
    }
    return file;
  }

  private static void writeArray(OutputStream out, String type, ByteBuffer bytes, int... shape)
      throws IOException {
    String dimensions = Arrays.toString(shape).replace('[', '(').replace("]", ",)");
    String header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + dimensions + ", }\n";
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 0xff);
    out.write(header.length() >> 8);
    out.write(header.getBytes(StandardCharsets.ISO_8859_1));
    byte[] elements = new byte[bytes.remaining()];
    bytes.get(elements);
    out.write(elements);
  }

  private static ByteBuffer allocate(int byteCount) {
    return ByteBuffer.allocate(byteCount).order(ByteOrder.LITTLE_ENDIAN);
  }
}
