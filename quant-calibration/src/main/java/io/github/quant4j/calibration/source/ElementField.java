/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import com.google.protobuf.WireFormat;
import io.github.quant4j.core.tensor.ElementType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A field of an ONNX tensor that may hold its elements.
 *
 * <p>{@code raw_data} holds little-endian bytes of any type; every other field is a list for some
 * types. Source: the ONNX IR, message TensorProto.
 */
enum ElementField {
  FLOAT_DATA(4, WireFormat.WIRETYPE_FIXED32),
  INT32_DATA(5, WireFormat.WIRETYPE_VARINT),
  INT64_DATA(7, WireFormat.WIRETYPE_VARINT),
  RAW_DATA(9, WireFormat.WIRETYPE_LENGTH_DELIMITED),
  DOUBLE_DATA(10, WireFormat.WIRETYPE_FIXED64),
  UINT64_DATA(11, WireFormat.WIRETYPE_VARINT);

  private final int number;
  private final int wireType;

  ElementField(int number, int wireType) {
    this.number = number;
    this.wireType = wireType;
  }

  /** Returns the list for the elements of a type. */
  static ElementField listOf(ElementType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> FLOAT_DATA;
      case DOUBLE, COMPLEX128 -> DOUBLE_DATA;
      case INT64 -> INT64_DATA;
      case UINT32, UINT64 -> UINT64_DATA;
      default -> INT32_DATA;
    };
  }

  /** Returns the field that a tag of protobuf begins, an element or a packed list, or null. */
  static @Nullable ElementField ofTag(int tag) {
    int wire = WireFormat.getTagWireType(tag);
    for (ElementField field : values()) {
      if (field.number == WireFormat.getTagFieldNumber(tag)
          && (wire == field.wireType || wire == WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        return field;
      }
    }
    return null;
  }

  /** Returns how many bytes of a tensor one element of the list stands for. */
  int width(ElementType type) {
    return switch (this) {
      case FLOAT_DATA -> Float.BYTES;
      case DOUBLE_DATA, INT64_DATA -> Long.BYTES;
      default -> Math.max(1, type.bitWidth() / Byte.SIZE);
    };
  }

  /** Returns whether this many bytes of the field can be a tensor of some size. */
  boolean canHold(long fieldBytes, ElementType type, long tensorBytes) {
    return wireType == WireFormat.WIRETYPE_VARINT
        ? fieldBytes >= tensorBytes / width(type) // an element takes from 1 to 10 bytes
        : fieldBytes == tensorBytes;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
