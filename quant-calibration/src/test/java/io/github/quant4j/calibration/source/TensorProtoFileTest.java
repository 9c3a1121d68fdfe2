/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reads single tensors. The files come from onnx 1.23.1, the expected bytes from it and NumPy:
 *
 * <pre>
 * t = helper.make_tensor('x', TensorProto.FLOAT, [2], [1.5, -2])  # the lists
 * t = numpy_helper.from_array(np.array([[1, 2, 3]], np.int16), 'x')  # raw_data
 * print(t.SerializeToString().hex())
 * print(numpy_helper.from_array(numpy_helper.to_array(t)).raw_data.hex())
 * </pre>
 */
class TensorProtoFileTest {

  private static final String FLOATS = "0802100122080000c03f000000c0420178"; // x = [1.5, -2]

  @ParameterizedTest
  @CsvSource({
    FLOATS + ", float[2], 0000c03f000000c0",
    "0801100b42017852089a9999999999b93f, double[1], 9a9999999999b93f",
    "080210062a0cffffffffffffffffff01ac02420178, int32[2], ffffffff2c010000",
    "080210032a0bffffffffffffffffff0107420178, int8[2], ff07",
    "080110042a03ffff03420178, uint16[1], ffff",
    "080210092a020100420178, bool[2], 0100",
    "0802100a2a058078808003420178, float16[2], 003c00c0",
    "080210102a05807f808003420178, bfloat16[2], 803f00c0",
    "080210073a10ffffffffffffffffff01808080808020420178, int64[2], ffffffffffffffff0000000000010000",
    "0801100c4201785a05ffffffff0f, uint32[1], ffffffff",
    "0801100d4201785a0affffffffffffffffff01, uint64[1], ffffffffffffffff",
    "0801100e22080000803f00000040420178, complex64[1], 0000803f00000040",
    "080310162a03e10103420178, int4[3], e103",
    "0801080310054201784a06010002000300, 'int16[1, 3]', 010002000300",
    "10014a0400002040, float[], 00002040",
    "0800080310014a00, 'float[0, 3]', ''",
  })
  void readOfFileMadeByOnnxGivesItsTensor(String file, String expected, String bytes)
      throws IOException {
    assertTensor(read(file), expected, bytes);
  }

  /** By hand, as other writers of protobuf may do. */
  @ParameterizedTest
  @CsvSource({
    // elements one by one; then some packed, some not; dims packed; data before type and dims
    "08021001250000c03f25000000c0, float[2], 0000c03f000000c0",
    "080310032a0201022803, int8[3], 010203",
    "0a020102 1003 2a020102, 'int8[1, 2]', 0102",
    "4a0400002040 1001 0801, float[1], 00002040",
    // raw_data wins over a list, the last raw_data over others
    "0801 1003 2a0105 4a0107, int8[1], 07",
    "0801 1003 4a020506 4a0107, int8[1], 07",
    // doc_string, metadata_props and fields yet unknown: varint, fixed, bytes and a group
    "0801 6201 61 8201060a01611201 62 9806 01 1003 a206 0161 9b06 0801 9c06 4a0107, int8[1], 07",
  })
  void readOfOtherEncodingGivesTheSameTensor(String file, String expected, String bytes)
      throws IOException {
    assertTensor(read(file.replace(" ", "")), expected, bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'holds 0 bytes, expected 1 to 2^31 - 1'",
    "08011008320161420173, 'holds strings, expected numbers'",
    "0a0373657110011a0a080110014a040000803f, 'no segment, sequence or optional'",
    "0a037365711001, 'holds no elements, expected one whole tensor'",
    "10011a0a080110014a040000803f, 'no segment, sequence or optional'",
    "080110011a04080010014201784a040000803f, 'no segment, sequence or optional'",
    "080110014201786a110a086c6f636174696f6e1205772e62696e7001, 'in another file'",
    "080110017001, 'keeps its elements in another file'",
    "08014a0400002040, 'has the data type code 0'",
    "0801101b4a0400002040, 'has the data type code 27'",
    "080310014a080000000000000000, 'holds 8 bytes of raw_data, expected those of 3 elements'",
    "0803100122040000c03f, 'holds 4 bytes of float_data, expected those of 3 elements'",
    "080110012a0401020304, 'holds 0 bytes of float_data'",
    "080310032a020102, 'holds 2 bytes of int32_data, expected those of 3 elements'",
    "08ffffffffffffffffff0110034a00, 'has an impossible shape: dimensions are [-1]'",
    "0a0f ffffffff07 ffffffff07 ffffffff07 10034a00, 'has an impossible shape: dimensions are'",
    "088080808008 0800 10034a00, 'has a dimension of 2147483648, expected at most 2^31 - 1'",
    "08ffffffff07100b4a00, 'is double[2147483647], expected at most 2^31 - 1 bytes'",
    "68656c6c6f2c20776f726c64, 'is no whole ONNX tensor, expected a serialized TensorProto'",
    "0801 1003 4affffffff07 00, 'is no whole ONNX tensor'",
    "0801 1201 03 4a0107, 'is no whole ONNX tensor'",
    "0801 1003 4a0107 14, 'is no whole ONNX tensor'",
  })
  void headerOfOtherFileIsRefused(String file, String message) {
    assertThatThrownBy(() -> read(file.replace(" ", "")))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("file 'x.pb' ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void headerOfTooManyDimensionsIsRefused() {
    assertThatThrownBy(() -> read("0801".repeat(65) + "10034a0107"))
        .isInstanceOf(CalibrationException.class)
        .hasMessage("file 'x.pb' has more than 64 dimensions");
  }

  /** The sizes may be right while the count is not, which shows when the elements are read. */
  @ParameterizedTest
  @CsvSource({"080110032a020102, 1", "080210032a028002, 2"})
  void readOfOtherElementCountIsRefused(String file, int count) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "file 'x.pb' does not hold the %1$s elements of int8[%1$s] in its int32_data; it is"
                    .formatted(count)
                + " damaged or has changed");
  }

  @Test
  void readOfEveryTruncationIsRefused() {
    String raw = "0802" + "1001" + "420178" + "4a080000c03f000000c0";
    for (int length = 0; length < raw.length(); length += 2) {
      String truncated = raw.substring(0, length);
      assertThatThrownBy(() -> read(truncated))
          .as("length %d", length / 2)
          .isInstanceOf(CalibrationException.class);
    }
  }

  @Test
  void readOfFileThatShrankSinceIsRefused() throws IOException {
    byte[] whole = HexFormat.of().parseHex(FLOATS);
    TensorHeader header = TensorProtoFile.header(stream(whole), whole.length, "file 'x.pb'");
    byte[] shrunk = Arrays.copyOf(whole, 10);

    assertThatThrownBy(
            () -> TensorProtoFile.read(stream(shrunk), whole.length, header, "file 'x.pb'"))
        .isInstanceOf(CalibrationException.class)
        .hasMessageEndingWith(
            "elements of float[2] in its float_data; it is damaged or has changed");
  }

  private static void assertTensor(Tensor tensor, String expected, String bytes) {
    byte[] found = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(found);

    assertThat(tensor).hasToString(expected);
    assertThat(HexFormat.of().formatHex(found)).isEqualTo(bytes);
  }

  private static Tensor read(String hex) throws IOException {
    byte[] file = HexFormat.of().parseHex(hex);
    TensorHeader header = TensorProtoFile.header(stream(file), file.length, "file 'x.pb'");
    return TensorProtoFile.read(stream(file), file.length, header, "file 'x.pb'");
  }

  private static ByteArrayInputStream stream(byte[] file) {
    return new ByteArrayInputStream(file);
  }
}
