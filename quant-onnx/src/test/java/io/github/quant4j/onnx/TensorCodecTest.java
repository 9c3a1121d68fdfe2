/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TensorProto.DataType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorCodecTest {
  /** Typed lists and the little-endian bytes they stand for. */
  static Stream<Arguments> typedLists() {
    return Stream.of(
        Arguments.of(list(DataType.FLOAT, 1).addFloatData(-2), bytes(0, 0, 0, 0xC0)),
        Arguments.of(
            list(DataType.DOUBLE, 1).addDoubleData(1), bytes(0, 0, 0, 0, 0, 0, 0xF0, 0x3F)),
        Arguments.of(
            list(DataType.INT64, 1).addInt64Data(-2),
            bytes(0xFE, 255, 255, 255, 255, 255, 255, 255)),
        Arguments.of(
            list(DataType.UINT64, 1).addUint64Data(-1L),
            bytes(255, 255, 255, 255, 255, 255, 255, 255)),
        Arguments.of(
            list(DataType.UINT32, 1).addUint64Data(0xFFFF_FFFEL), bytes(0xFE, 255, 255, 255)),
        Arguments.of(list(DataType.INT32, 1).addInt32Data(-3), bytes(0xFD, 255, 255, 255)),
        Arguments.of(list(DataType.INT16, 1).addInt32Data(-3), bytes(0xFD, 255)),
        Arguments.of(list(DataType.UINT16, 1).addInt32Data(65535), bytes(255, 255)),
        Arguments.of(list(DataType.INT8, 2).addInt32Data(-128).addInt32Data(127), bytes(128, 127)),
        Arguments.of(list(DataType.UINT8, 2).addInt32Data(255).addInt32Data(0), bytes(255, 0)),
        Arguments.of(list(DataType.BOOL, 2).addInt32Data(1).addInt32Data(0), bytes(1, 0)),
        Arguments.of(list(DataType.FLOAT16, 1).addInt32Data(0x3C00), bytes(0, 0x3C)),
        Arguments.of(list(DataType.BFLOAT16, 1).addInt32Data(0x3F80), bytes(0x80, 0x3F)),
        Arguments.of(list(DataType.FLOAT8E4M3FN, 1).addInt32Data(0x38), bytes(0x38)),
        Arguments.of(list(DataType.INT4, 3).addInt32Data(0x21).addInt32Data(3), bytes(0x21, 3)),
        Arguments.of(list(DataType.UINT2, 5).addInt32Data(0xE4).addInt32Data(1), bytes(0xE4, 1)));
  }

  @ParameterizedTest
  @MethodSource("typedLists")
  void decode_typedList_givesTheBytesOfTheElements(TensorProto.Builder stored, byte[] expected) {
    assertThat(bytes(TensorCodec.decode("t", stored.build()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("typedLists")
  void decode_rawBytes_givesThem(TensorProto.Builder stored, byte[] raw) {
    TensorProto proto =
        TensorProto.newBuilder()
            .setDataType(stored.getDataType())
            .addAllDims(stored.getDimsList())
            .setRawData(ByteString.copyFrom(raw))
            .build();

    assertThat(bytes(TensorCodec.decode("t", proto))).isEqualTo(raw);
  }

  @Test
  void decode_complexList_isRefused() {
    TensorProto stored = list(DataType.COMPLEX64, 1).addFloatData(1).addFloatData(2).build();

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> TensorCodec.decode("t", stored))
        .withMessage("tensor \"t\" of shape [1] is damaged: complex elements are not supported");
  }

  @Test
  void decode_externalData_isRefused() {
    TensorProto stored =
        list(DataType.FLOAT, 1).setDataLocation(TensorProto.DataLocation.EXTERNAL).build();

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> TensorCodec.decode("t", stored))
        .withMessageStartingWith("tensor \"t\" is stored outside the model file");
  }

  @Test
  void decode_encodedTensor_isTheSame() {
    Tensor tensor = Tensor.ofBytes(ElementType.INT8, Shape.of(2, 1), (byte) -5, (byte) 6);

    Tensor back = TensorCodec.decode("t", TensorCodec.encode("t", tensor));

    assertThat(back).hasToString("int8[2, 1]");
    assertThat(back.bytes()).isEqualTo(tensor.bytes());
  }

  private static TensorProto.Builder list(DataType type, long count) {
    return TensorProto.newBuilder().setDataType(type.getNumber()).addDims(count);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }
}
