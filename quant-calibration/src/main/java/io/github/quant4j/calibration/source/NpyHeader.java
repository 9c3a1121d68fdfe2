/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an array in NumPy's .npy format, versions 1.0 to 3.0. Immutable and thread-safe.
 *
 * <p>Source: NumPy, {@code numpy.lib.format}, and NEP 1.
 *
 * @param elementType the type of the elements
 * @param isBigEndian whether the bytes of an element have to be swapped
 * @param shape the dimensions
 * @param byteCount the length of the header with its preamble
 */
record NpyHeader(ElementType elementType, boolean isBigEndian, Shape shape, int byteCount) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int PREAMBLE_LENGTH = 8; // magic and two version numbers
  private static final int LONGEST_HEADER = 1 << 20;

  private static final Pattern STRUCTURED = Pattern.compile("'descr'\\s*:\\s*\\[");
  private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([^']*)'");
  private static final Pattern FORTRAN_ORDER =
      Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\sL]*)\\)");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("f2", ElementType.FLOAT16),
          Map.entry("f4", ElementType.FLOAT),
          Map.entry("f8", ElementType.DOUBLE),
          Map.entry("i1", ElementType.INT8),
          Map.entry("i2", ElementType.INT16),
          Map.entry("i4", ElementType.INT32),
          Map.entry("i8", ElementType.INT64),
          Map.entry("u1", ElementType.UINT8),
          Map.entry("u2", ElementType.UINT16),
          Map.entry("u4", ElementType.UINT32),
          Map.entry("u8", ElementType.UINT64),
          Map.entry("b1", ElementType.BOOL));

  /** Reads a header and leaves the stream at the first element; {@code where} names the array. */
  static NpyHeader read(InputStream in, String where) throws IOException {
    byte[] preamble = in.readNBytes(PREAMBLE_LENGTH);
    if (preamble.length == 0) {
      throw new CalibrationException(where + " is empty, expected an array saved by NumPy");
    }
    if (preamble.length < PREAMBLE_LENGTH
        || !ByteBuffer.wrap(MAGIC).equals(ByteBuffer.wrap(preamble, 0, MAGIC.length))) {
      throw new CalibrationException(
          where + " does not begin as a NumPy array does, expected one saved by numpy.save");
    }
    int version = preamble[MAGIC.length];
    if (version < 1 || version > 3) {
      throw new CalibrationException(
          where + " has format version " + version + ", expected 1, 2 or 3");
    }
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    long length = unsigned(readFully(in, lengthBytes, where));
    if (length > LONGEST_HEADER) {
      throw new CalibrationException(
          "%s has a header of %s bytes, expected at most %s"
              .formatted(where, length, LONGEST_HEADER));
    }
    byte[] header = readFully(in, (int) length, where);
    String text =
        new String(header, version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    return parse(text, PREAMBLE_LENGTH + lengthBytes + header.length, where);
  }

  /** Returns the number of bytes of all elements, or -1 when it does not fit a long. */
  long dataByteCount() {
    long elementBytes = elementType.bitWidth() / Byte.SIZE;
    return shape.elementCount() > Long.MAX_VALUE / elementBytes
        ? -1
        : shape.elementCount() * elementBytes;
  }

  private static NpyHeader parse(String header, int byteCount, String where) {
    if (STRUCTURED.matcher(header).find()) {
      throw unsupported(where, "a structured dtype");
    }
    Matcher description = find(DESCRIPTION, header, where);
    ElementType elementType = TYPES.get(description.group(2));
    if (elementType == null) {
      throw unsupported(
          where,
          description.group(2).startsWith("O")
              ? "pickled Python objects (dtype object)"
              : "dtype '" + description.group(1) + description.group(2) + "'");
    }
    if (find(FORTRAN_ORDER, header, where).group(1).equals("True")) {
      throw new CalibrationException(
          where + " is in Fortran order, expected C order; save numpy.ascontiguousarray(array)");
    }
    boolean isBigEndian = description.group(1).equals(">");
    Shape shape = shape(find(SHAPE, header, where).group(1), where);
    return new NpyHeader(elementType, isBigEndian, shape, byteCount);
  }

  private static Shape shape(String text, String where) {
    try {
      return Shape.of(
          NUMBER
              .matcher(text)
              .results()
              .map(MatchResult::group)
              .mapToLong(Long::parseLong)
              .toArray());
    } catch (IllegalArgumentException e) {
      throw new CalibrationException(
          where + " has shape (" + text + "), expected at most 2^63 - 1 elements", e);
    }
  }

  private static Matcher find(Pattern pattern, String header, String where) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new CalibrationException(
          where + " has a damaged header, expected dtype, order and shape of a NumPy array");
    }
    return matcher;
  }

  private static CalibrationException unsupported(String where, String found) {
    return new CalibrationException(
        where
            + " holds "
            + found
            + ", expected float, integer or bool elements; convert it with astype and save it again");
  }

  private static long unsigned(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.length == Short.BYTES
        ? Short.toUnsignedLong(buffer.getShort())
        : Integer.toUnsignedLong(buffer.getInt());
  }

  private static byte[] readFully(InputStream in, int length, String where) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new CalibrationException(where + " ends within its header, the file is truncated");
    }
    return bytes;
  }
}
