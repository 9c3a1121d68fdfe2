/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.TestFiles;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {

  private final Path folder;

  NpyFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readOfFileMadeByNumpyGivesItsArray() throws IOException {
    Tensor images = NpyFile.read(TestFiles.numpy("images.npy"));

    assertThat(images).hasToString("float[3, 2, 2]");
    assertThat(images.floats().get(11)).isEqualTo(2.75f);
  }

  @ParameterizedTest
  @CsvSource({
    "f2, float16, 2", "f4, float, 4", "f8, double, 8", "i1, int8, 1", "i2, int16, 2",
    "i4, int32, 4", "i8, int64, 8", "u1, uint8, 1", "u2, uint16, 2", "u4, uint32, 4",
    "u8, uint64, 8", "b1, bool, 1"
  })
  void readOfEveryTypeKeepsItsBytesInLittleEndianOrder(String code, String type, int size)
      throws IOException {
    byte[] little = new byte[2 * size];
    byte[] big = new byte[2 * size];
    for (int i = 0; i < little.length; i++) {
      little[i] = (byte) (i + 1);
      big[i / size * size + size - 1 - i % size] = little[i];
    }
    Tensor ofLittle = read(NpyBytes.of(1, NpyBytes.header("<" + code, false, 2), little));
    Tensor ofBig = read(NpyBytes.of(1, NpyBytes.header(">" + code, false, 2), big));

    assertThat(ofLittle).hasToString(type + "[2]");
    assertThat(bytes(ofLittle)).containsExactly(little);
    assertThat(bytes(ofBig)).containsExactly(little);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readOfEveryFormatVersionGivesTheArray(int version) throws IOException {
    assertThat(read(NpyBytes.of(version, NpyBytes.header("|u1", false, 2), new byte[2])))
        .hasToString("uint8[2]");
  }

  @Test
  void readOfScalarAndEmptyArray() throws IOException {
    assertThat(read(NpyBytes.of(1, NpyBytes.header("<f4", false), new byte[4])))
        .hasToString("float[]");
    assertThat(read(NpyBytes.of(1, NpyBytes.header("<f4", false, 0, 3), new byte[0])))
        .hasToString("float[0, 3]");
  }

  @Test
  void readOfHeaderWrittenByPython2() throws IOException {
    String header = "{'descr': '|i1', 'fortran_order': False, 'shape': (1L, 2L), }";

    assertThat(read(NpyBytes.of(1, header, new byte[2]))).hasToString("int8[1, 2]");
  }

  @Test
  void readOfMissingFileNamesIt() {
    Path missing = folder.resolve("missing.npy");

    assertThatThrownBy(() -> NpyFile.read(missing))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(missing + ": no such file, expected an array saved by numpy.save");
  }

  @Test
  void readOfEmptyFileIsRefused() {
    assertRefused(new byte[0], "is empty, expected an array saved by NumPy");
  }

  @Test
  void readOfOtherBytesIsRefused() {
    byte[] text = "first,second\n1,2\n".getBytes(StandardCharsets.UTF_8);

    assertRefused(text, "does not begin as a NumPy array does");
    assertRefused(Arrays.copyOf(text, 3), "does not begin as a NumPy array does");
  }

  @Test
  void readOfUnknownVersionIsRefused() {
    assertRefused(
        NpyBytes.of(4, NpyBytes.header("<f4", false, 0), new byte[0]),
        "has format version 4, expected 1, 2 or 3");
  }

  @Test
  void readOfEveryTruncationIsRefused() {
    byte[] whole = NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(2), 1f, 2f));
    for (int length = 1; length < whole.length; length++) {
      byte[] truncated = Arrays.copyOf(whole, length);

      assertThatThrownBy(() -> read(truncated))
          .as("length %d", length)
          .isInstanceOf(CalibrationException.class);
    }
    assertRefused(
        Arrays.copyOf(whole, whole.length - 1),
        "holds 7 bytes of elements, expected 8 for float[2]; the file is truncated");
    assertRefused(Arrays.copyOf(whole, 20), "ends within its header, the file is truncated");
  }

  @Test
  void readOfPickledArrayIsRefused() {
    assertThatThrownBy(() -> NpyFile.read(TestFiles.numpy("pickled.npy")))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining("pickled.npy' holds pickled Python objects (dtype object)");
  }

  @Test
  void readOfStructuredArrayIsRefused() {
    assertRefused(
        NpyBytes.of(
            1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4]),
        "holds a structured dtype, expected float, integer or bool elements");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<U5", "<c8", "<M8[ns]", "|S3", "<f16", "|V4"})
  void readOfOtherTypeIsRefused(String descr) {
    assertRefused(
        NpyBytes.of(1, NpyBytes.header(descr, false, 1), new byte[32]),
        "holds dtype '" + descr + "'");
  }

  @Test
  void readOfFortranOrderIsRefused() {
    assertRefused(
        NpyBytes.of(1, NpyBytes.header("<f4", true, 1, 1), new byte[4]),
        "is in Fortran order, expected C order; save numpy.ascontiguousarray(array)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{'descr': '<f4', 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '', 'fortran_order': False, 'shape': (1,), }",
      })
  void readOfDamagedHeaderIsRefused(String header) {
    assertRefused(NpyBytes.of(1, header, new byte[4]), "has a damaged header");
  }

  @Test
  void readOfImpossibleShapeIsRefused() {
    assertRefused(
        NpyBytes.of(1, NpyBytes.header("<f4", false, Long.MAX_VALUE, 4), new byte[4]),
        "expected at most 2^63 - 1 elements");
    assertRefused(
        NpyBytes.of(1, NpyBytes.header("<f4", false, Long.MAX_VALUE), new byte[4]),
        "expected more than 2^63 for float[9223372036854775807]");
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }";
    assertRefused(NpyBytes.of(1, header, new byte[4]), "has shape (99999999999999999999,)");
  }

  @Test
  void readOfHugeHeaderIsRefusedBeforeItIsRead() {
    byte[] bytes = NpyBytes.of(2, NpyBytes.header("<f4", false, 0), new byte[0]);
    bytes[11] = 0x7f;

    assertRefused(bytes, "expected at most 1048576");
  }

  private Tensor read(byte[] bytes) throws IOException {
    return NpyFile.read(NpyBytes.write(folder.resolve("array.npy"), bytes));
  }

  private void assertRefused(byte[] bytes, String message) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("file '" + folder.resolve("array.npy") + "' ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }
}
