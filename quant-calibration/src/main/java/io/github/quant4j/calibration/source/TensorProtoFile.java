/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Tensor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file with one serialized TensorProto, {@code input_0.pb} of an ONNX test data set.
 *
 * <p>The header comes first, in a pass of its own, so that nothing is allocated for elements that
 * the file is too small to hold: at most 8 bytes for a byte of the file. Thread-safe: no state.
 */
final class TensorProtoFile {

  /* The file system keeps direct memory of the size of the largest read for every thread. */
  private static final int LARGEST_READ = 1 << 16;

  private TensorProtoFile() {}

  /** Returns what the tensor of a file is, without its elements. */
  static TensorHeader header(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return header(in, Files.size(path), where(path));
    }
  }

  /** Returns the tensor of a file whose header was read before. */
  static Tensor read(Path path, TensorHeader header) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return read(in, Files.size(path), header, where(path));
    }
  }

  static TensorHeader header(InputStream in, long byteCount, String where) throws IOException {
    if (byteCount == 0 || byteCount > Integer.MAX_VALUE) {
      throw new CalibrationException(
          "%s holds %s bytes, expected 1 to 2^31 - 1 of an ONNX tensor"
              .formatted(where, byteCount));
    }
    try {
      return TensorHeaderReader.read(coded(in, byteCount), where);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(where, e);
    }
  }

  static Tensor read(InputStream in, long byteCount, TensorHeader header, String where)
      throws IOException {
    try {
      ByteBuffer bytes = elements(coded(in, byteCount), header, where);
      if (bytes.remaining() != header.byteCount()) {
        throw wrongCount(header, where);
      }
      return Tensor.of(header.elementType(), header.shape(), bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(where, e);
    }
  }

  static String where(Path path) {
    return "file '" + path + "'";
  }

  private static ByteBuffer elements(CodedInputStream in, TensorHeader header, String where)
      throws IOException {
    boolean isRaw = header.field() == ElementField.RAW_DATA;
    ByteBuffer bytes =
        ByteBuffer.allocate(isRaw ? 0 : header.byteCount()).order(ByteOrder.LITTLE_ENDIAN);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (ElementField.ofTag(tag) != header.field()) {
        in.skipField(tag);
      } else if (isRaw) {
        byte[] raw = in.readByteArray();
        bytes = ByteBuffer.wrap(raw).position(raw.length);
      } else if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        readElement(in, header, bytes, where);
      } else {
        int limit = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
          readElement(in, header, bytes, where);
        }
        in.popLimit(limit);
      }
    }
    return bytes.flip();
  }

  private static void readElement(
      CodedInputStream in, TensorHeader header, ByteBuffer bytes, String where) throws IOException {
    if (!bytes.hasRemaining()) {
      throw wrongCount(header, where);
    }
    switch (header.field()) {
      case FLOAT_DATA -> bytes.putInt(in.readFixed32());
      case DOUBLE_DATA -> bytes.putLong(in.readFixed64());
      default -> {
        long value = in.readRawVarint64();
        switch (header.field().width(header.elementType())) {
          case Byte.BYTES -> bytes.put((byte) value);
          case Short.BYTES -> bytes.putShort((short) value);
          case Integer.BYTES -> bytes.putInt((int) value);
          default -> bytes.putLong(value);
        }
      }
    }
  }

  /** Returns a reader that takes a length beyond the end of the file for what it is. */
  private static CodedInputStream coded(InputStream in, long byteCount) throws IOException {
    CodedInputStream coded =
        CodedInputStream.newInstance(
            new FilterInputStream(in) {
              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                return super.read(bytes, offset, Math.min(LARGEST_READ, length));
              }
            });
    coded.pushLimit((int) byteCount);
    return coded;
  }

  private static CalibrationException wrongCount(TensorHeader header, String where) {
    return new CalibrationException(
        "%s does not hold the %s elements of %s in its %s; it is damaged or has changed"
            .formatted(where, header.shape().elementCount(), header, header.field()));
  }

  private static CalibrationException damaged(String where, IOException cause) {
    return new CalibrationException(
        where
            + " is no whole ONNX tensor, expected a serialized TensorProto; it is truncated, damaged"
            + " or something else",
        cause);
  }
}
