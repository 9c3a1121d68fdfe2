/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.UnsafeByteOperations;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns stored tensors into {@link Tensor}s and back.
 *
 * <p>The format stores elements either as little-endian bytes ({@code raw_data}) or in a typed
 * list: {@code float_data}, {@code double_data}, {@code int64_data}, {@code uint64_data}, and
 * {@code int32_data} for every type of at most 32 bits, one list element per tensor element (per
 * byte for packed 2- and 4-bit types). Source: the ONNX IR, message TensorProto.
 */
final class TensorCodec {
  /** The end of the message on a tensor with external data. */
  static final String STORED_ELSEWHERE =
      "is stored outside the model file; read the model by its path, with OnnxModel.read(path)";

  private TensorCodec() {}

  static Tensor decode(String name, TensorProto proto) {
    ElementType type = elementType(name, proto);
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      throw new ModelFormatException("tensor \"%s\" %s".formatted(name, STORED_ELSEWHERE));
    }
    Shape shape = shape(name, proto);
    try {
      ByteBuffer bytes =
          proto.hasRawData() ? proto.getRawData().asReadOnlyByteBuffer() : typedData(proto, type);
      return Tensor.of(type, shape, bytes);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(
          "tensor \"%s\" of shape %s is damaged: %s".formatted(name, shape, e.getMessage()), e);
    }
  }

  static ElementType elementType(String name, TensorProto proto) {
    ElementType type =
        ElementType.ofOnnxCode(proto.getDataType())
            .orElseThrow(
                () ->
                    new ModelFormatException(
                        "tensor \"%s\" has the unknown data type code %s"
                            .formatted(name, proto.getDataType())));
    if (type == ElementType.STRING) {
      throw new ModelFormatException("tensor \"" + name + "\" holds strings, expected numbers");
    }
    if (proto.hasSegment()) {
      throw new ModelFormatException("tensor \"" + name + "\" is a segment, expected a whole one");
    }
    return type;
  }

  static Shape shape(String name, TensorProto proto) {
    try {
      return Shape.of(proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          "tensor \"%s\" has the impossible shape %s".formatted(name, proto.getDimsList()), e);
    }
  }

  /** Returns the size of the elements, {@link Long#MAX_VALUE} where that does not fit a long. */
  static long byteSize(ElementType type, Shape shape) {
    long count = shape.elementCount();
    return count > (Long.MAX_VALUE - Byte.SIZE) / type.bitWidth()
        ? Long.MAX_VALUE
        : (count * type.bitWidth() + Byte.SIZE - 1) / Byte.SIZE;
  }

  static TensorProto encode(String name, Tensor tensor) {
    return header(name, tensor.elementType(), tensor.shape())
        .setRawData(UnsafeByteOperations.unsafeWrap(tensor.bytes()))
        .build();
  }

  static TensorProto.Builder header(String name, ElementType type, Shape shape) {
    TensorProto.Builder proto = TensorProto.newBuilder().setName(name).setDataType(type.onnxCode());
    for (long dimension : shape.toArray()) {
      proto.addDims(dimension);
    }
    return proto;
  }

  /** Returns the tensor without its elements and without the place where they are. */
  static TensorProto withoutContents(TensorProto proto) {
    return proto.toBuilder()
        .clearRawData()
        .clearFloatData()
        .clearDoubleData()
        .clearInt32Data()
        .clearInt64Data()
        .clearUint64Data()
        .clearExternalData()
        .clearDataLocation()
        .build();
  }

  private static ByteBuffer typedData(TensorProto proto, ElementType type) {
    return switch (type) {
      case FLOAT -> {
        ByteBuffer bytes = allocate(proto.getFloatDataCount(), Float.BYTES);
        proto.getFloatDataList().forEach(bytes::putFloat);
        yield bytes.flip();
      }
      case DOUBLE -> {
        ByteBuffer bytes = allocate(proto.getDoubleDataCount(), Double.BYTES);
        proto.getDoubleDataList().forEach(bytes::putDouble);
        yield bytes.flip();
      }
      case INT64 -> {
        ByteBuffer bytes = allocate(proto.getInt64DataCount(), Long.BYTES);
        proto.getInt64DataList().forEach(bytes::putLong);
        yield bytes.flip();
      }
      case UINT64 -> {
        ByteBuffer bytes = allocate(proto.getUint64DataCount(), Long.BYTES);
        proto.getUint64DataList().forEach(bytes::putLong);
        yield bytes.flip();
      }
      case UINT32 -> {
        ByteBuffer bytes = allocate(proto.getUint64DataCount(), Integer.BYTES);
        proto.getUint64DataList().forEach(word -> bytes.putInt((int) (long) word));
        yield bytes.flip();
      }
      default -> int32Data(proto, type);
    };
  }

  private static ByteBuffer int32Data(TensorProto proto, ElementType type) {
    if (type == ElementType.COMPLEX64 || type == ElementType.COMPLEX128) {
      throw new IllegalArgumentException("complex elements are not supported");
    }
    int width = Math.max(1, type.bitWidth() / Byte.SIZE);
    ByteBuffer bytes = allocate(proto.getInt32DataCount(), width);
    for (int word : proto.getInt32DataList()) {
      switch (width) {
        case Byte.BYTES -> bytes.put((byte) word);
        case Short.BYTES -> bytes.putShort((short) word);
        default -> bytes.putInt(word);
      }
    }
    return bytes.flip();
  }

  private static ByteBuffer allocate(int count, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
