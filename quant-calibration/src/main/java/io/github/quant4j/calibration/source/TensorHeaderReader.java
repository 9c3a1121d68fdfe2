/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reads what a serialized TensorProto says of itself and passes over its elements.
 *
 * <p>Fields may come in any order; unknown ones are passed over. What cannot be read as one whole
 * tensor of numbers is refused. Memory: a few hundred bytes and the name. Used once, by one thread.
 */
final class TensorHeaderReader {

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3; // the tensors of a sequence or optional have this number
  private static final int NAME = 8;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private static final int HIGHEST_RANK = 64; // that of NumPy

  private static final String ONE_TENSOR =
      "expected one whole tensor, no segment, sequence or optional";

  private final CodedInputStream in;
  private final String where;
  private final Map<ElementField, Long> fieldBytes = new EnumMap<>(ElementField.class);
  private final LongStream.Builder dimensions = LongStream.builder();
  private int rank;
  private int dataType;
  private String name = "";

  private TensorHeaderReader(CodedInputStream in, String where) {
    this.in = in;
    this.where = where;
  }

  /** Reads a header to the end of the stream; {@code where} names the tensor in messages. */
  static TensorHeader read(CodedInputStream in, String where) throws IOException {
    TensorHeaderReader reader = new TensorHeaderReader(in, where);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      reader.readField(tag);
    }
    return reader.header();
  }

  private void readField(int tag) throws IOException {
    switch (WireFormat.getTagFieldNumber(tag)) {
      case DIMS -> readDimensions(tag);
      case DATA_TYPE -> {
        require(tag, WireFormat.WIRETYPE_VARINT);
        dataType = in.readInt32();
      }
      case SEGMENT -> {
        require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        throw refused("holds a part of a tensor or several, " + ONE_TENSOR);
      }
      case NAME -> {
        require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        name = in.readString();
      }
      case EXTERNAL_DATA -> {
        require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        throw external();
      }
      case DATA_LOCATION -> {
        require(tag, WireFormat.WIRETYPE_VARINT);
        if (in.readEnum() != 0) {
          throw external();
        }
      }
      default -> passOver(tag);
    }
  }

  private static void require(int tag, int wireType) throws IOException {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw new InvalidProtocolBufferException("field of another wire type");
    }
  }

  private void readDimensions(int tag) throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      int limit = in.pushLimit(in.readRawVarint32());
      while (!in.isAtEnd()) {
        addDimension(in.readInt64());
      }
      in.popLimit(limit);
    } else {
      require(tag, WireFormat.WIRETYPE_VARINT);
      addDimension(in.readInt64());
    }
  }

  private void addDimension(long dimension) {
    if (++rank > HIGHEST_RANK) {
      throw refused("has more than " + HIGHEST_RANK + " dimensions");
    }
    if (dimension > Integer.MAX_VALUE) {
      throw refused("has a dimension of " + dimension + ", expected at most 2^31 - 1");
    }
    dimensions.add(dimension);
  }

  /** Passes over a field and notes its size when it may be the elements. */
  private void passOver(int tag) throws IOException {
    int start = in.getTotalBytesRead();
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      int length = in.readRawVarint32();
      start = in.getTotalBytesRead();
      in.skipRawBytes(length);
    } else if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that did not begin");
    }
    ElementField field = ElementField.ofTag(tag);
    if (field != null) {
      long length = (long) in.getTotalBytesRead() - start;
      boolean isList = field != ElementField.RAW_DATA; // of several raw_data the last one counts
      fieldBytes.merge(field, length, (before, next) -> isList ? before + next : next);
    }
  }

  private TensorHeader header() {
    ElementType type =
        ElementType.ofOnnxCode(dataType)
            .orElseThrow(
                () ->
                    refused(
                        "has the data type code "
                            + dataType
                            + ", expected one of TensorProto.DataType"));
    if (type == ElementType.STRING) {
      throw refused("holds strings, expected numbers");
    }
    Shape shape = shape();
    if (shape.elementCount() > (long) Integer.MAX_VALUE * Byte.SIZE / type.bitWidth()) {
      throw refused("is " + type + shape + ", expected at most 2^31 - 1 bytes of elements");
    }
    return requireElements(
        new TensorHeader(
            name,
            type,
            shape,
            fieldBytes.containsKey(ElementField.RAW_DATA)
                ? ElementField.RAW_DATA
                : ElementField.listOf(type)));
  }

  private Shape shape() {
    long[] all = dimensions.build().toArray();
    if (fieldBytes.isEmpty() && Arrays.stream(all).noneMatch(dimension -> dimension == 0)) {
      throw refused("holds no elements, " + ONE_TENSOR);
    }
    try {
      return Shape.of(all);
    } catch (IllegalArgumentException e) {
      throw new CalibrationException(where + " has an impossible shape: " + e.getMessage(), e);
    }
  }

  private TensorHeader requireElements(TensorHeader header) {
    long found = fieldBytes.getOrDefault(header.field(), 0L);
    if (!header.field().canHold(found, header.elementType(), header.byteCount())) {
      throw refused(
          "holds %s bytes of %s, expected those of %s elements for %s; it is truncated or damaged"
              .formatted(found, header.field(), header.shape().elementCount(), header));
    }
    return header;
  }

  private CalibrationException external() {
    return refused(
        "keeps its elements in another file, expected them inside; save it without external data");
  }

  private CalibrationException refused(String reason) {
    return new CalibrationException(where + " " + reason);
  }
}
