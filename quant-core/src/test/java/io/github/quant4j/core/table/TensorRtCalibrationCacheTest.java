/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.observer.ValueRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorRtCalibrationCacheTest {

  private static final String HEADER = "TRT-8603-EntropyCalibration2";

  /** Lines as TensorRT and trtexec write them, names with colons and spaces among them. */
  private static final String GOLDEN =
      """
      TRT-8603-EntropyCalibration2
      input: 3c010204
      (Unnamed Layer* 7) [Convolution]_output: 3d418306
      backbone/conv:0: 3c810204
      a : b : 3c010a14
      层: 4000890a
      (Unnamed Layer* 64) [Shuffle]_output: 0
      last: 3d837e8e
      """;

  /* python -c "import struct;print(struct.unpack('>f', bytes.fromhex('3c010204'))[0] * 127)" */
  @ParameterizedTest
  @CsvSource({
    "3c010204, 1",
    "3c810204, 2",
    "3d418306, 6",
    "3c010a14, 1.00024",
    "4000890a, 255.06",
    "3d837e8e, 8.154"
  })
  void readOfGoldenScaleGivesRange(String digits, float end) throws IOException {
    CalibrationTable table = read(HEADER + "\nx: " + digits + "\n").toTable().result();
    ValueRange range = table.range("x").orElseThrow();

    assertThat(range.maximum()).isCloseTo(end, within(end * 1e-4f));
    assertThat(range.minimum()).isEqualTo(-range.maximum());
  }

  @Test
  void readOfWholeNumberRangesIsExact() throws IOException {
    TensorRtCalibrationCache cache = read(GOLDEN);

    assertThat(cache.scale("input")).contains(1f / 127f);
    assertThat(cache.toTable().result().range("input")).contains(new ValueRange(-1, 1));
    assertThat(cache.scale("(Unnamed Layer* 7) [Convolution]_output")).contains(6f / 127f);
    assertThat(cache.scale("backbone/conv:0")).contains(2f / 127f);
    assertThat(cache.scale("a : b ")).contains(Float.intBitsToFloat(0x3c010a14));
    assertThat(cache.scale("none")).isEmpty();
  }

  @Test
  void readKeepsHeaderAndOrder() throws IOException {
    TensorRtCalibrationCache cache = read(GOLDEN);

    assertThat(cache.header()).isEqualTo(HEADER);
    assertThat(cache.version()).isEqualTo("8603");
    assertThat(cache.algorithm()).isEqualTo("EntropyCalibration2");
    assertThat(cache.tensors())
        .containsExactly(
            "input",
            "(Unnamed Layer* 7) [Convolution]_output",
            "backbone/conv:0",
            "a : b ",
            "层",
            "(Unnamed Layer* 64) [Shuffle]_output",
            "last");
    assertThat(cache).hasToString("TRT-8603-EntropyCalibration2, 7 tensors");
  }

  @Test
  void writeGivesReadTextByteForByte() throws IOException {
    assertThat(written(read(GOLDEN))).isEqualTo(GOLDEN);
  }

  @Test
  void readOfCarriageReturnsAndBlankLinesIsTolerated() throws IOException {
    String text = HEADER + "\r\ninput:3C010204\r\n\r\n  \r\nzero: 00000000\r\nlast:  3d837e8e \t";

    assertThat(written(read(text)))
        .isEqualTo(HEADER + "\ninput: 3c010204\nzero: 0\nlast: 3d837e8e\n");
  }

  @Test
  void readOfHeaderAloneIsEmptyCache() throws IOException {
    assertThat(read("TRT-100300-MinMaxCalibration").tensors()).isEmpty();
  }

  @Test
  void writeToFileIsReadBack(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("calibration.cache");
    read(GOLDEN).write(file);

    assertThat(file).hasContent(GOLDEN);
    assertThat(TensorRtCalibrationCache.read(file)).isEqualTo(read(GOLDEN));
  }

  @Test
  void readOfTextCutWithinLineIsRefused() {
    byte[] text = GOLDEN.getBytes(UTF_8);
    for (int length = 0; length < text.length; length++) {
      byte[] cut = Arrays.copyOf(text, length);
      boolean isWhole =
          length > HEADER.length() && (text[length] == '\n' || text[length - 1] == '\n');
      boolean isHeader = length <= HEADER.length() && length > "TRT-8603-".length();
      TableFormatException failure =
          catchThrowableOfType(
              TableFormatException.class,
              () -> TensorRtCalibrationCache.read(new ByteArrayInputStream(cut)));

      assertThat(failure == null).as("%d bytes", length).isEqualTo(isWhole || isHeader);
    }
  }

  @Test
  void readOfHeaderWithoutNumberIsTolerated() throws IOException {
    assertThat(read("TRT-8XXX-MinMaxCalibration\nx: 3c010204").version()).isEqualTo("8XXX");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          §§                     | 1 | 1 | header is '', expected TRT-<version>-<algorithm> such as
          input: 3c010204        | 1 | 1 | header is 'input: 3c010204', expected TRT-<version>-<algor
          TRT-8.6 Entropy        | 1 | 1 | header is 'TRT-8.6 Entropy'
          TRT-8603               | 1 | 1 | header is 'TRT-8603'
          TRT-1-A;x 3c010204     | 2 | 1 | found 'x 3c010204', expected '<tensor>: <hexadecimal scale>'
          TRT-1-A;é: 3c01020     | 2 | 4 | scale is '3c01020', expected 8 hexadecimal digits
          TRT-1-A;é: 3c010204f   | 2 | 4 | scale is '3c010204f', expected 8 hexadecimal digits
          TRT-1-A;x: 0x3c0102    | 2 | 3 | scale is '0x3c0102', expected 8 hexadecimal digits
          TRT-1-A;x:             | 2 | 3 | scale is '', expected 8 hexadecimal digits
          TRT-1-A;: 3c010204     | 2 | 1 | name of a tensor has 0 characters, expected 1 to 65535
          TRT-1-A;x: 7fc00000    | 2 | 1 | scale of tensor 'x' is NaN, expected a finite number of 0
          TRT-1-A;x: 7f800000    | 2 | 1 | scale of tensor 'x' is Infinity, expected a finite number
          TRT-1-A;x: bc010204    | 2 | 1 | scale of tensor 'x' is -0.007874016, expected a finite
          TRT-1-A;x: 80000000    | 2 | 1 | scale of tensor 'x' is -0.0, expected a finite number
          TRT-1-A;a%b: 3c010204  | 2 | 1 | name of a tensor 'a?b' has a line break, which this format
          TRT-1-A;a: 0;a: 0      | 3 | 1 | tensor 'a' is listed again, expected every name once
          """)
  void readOfMalformedTextSaysWhere(String text, int line, int column, String problem) {
    TableFormatException failure = failure(text.replace(';', '\n').replace('%', '\r'), UTF_8);
    assertThat(failure)
        .hasMessageStartingWith(
            "TensorRT calibration cache, line %d, column %d: %s".formatted(line, column, problem));
    assertThat(failure.line()).isEqualTo(line);
    assertThat(failure.column()).isEqualTo(column);
  }

  @Test
  void readOfMalformedFileNamesIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("calibration.cache");
    Files.writeString(file, HEADER + "\nx: no\n");
    TableFormatException failure =
        catchThrowableOfType(TableFormatException.class, () -> TensorRtCalibrationCache.read(file));

    assertThat(failure)
        .hasMessage(
            "TensorRT calibration cache '%s', line 2, column 3: scale is 'no', expected 8"
                + " hexadecimal digits",
            file);
    assertThat(failure.path()).contains(file.toString());
  }

  @Test
  void readOfOtherEncodingSaysWhere() {
    assertThat(failure(HEADER + "\nab\u00e9: 0", ISO_8859_1))
        .hasMessage(
            "TensorRT calibration cache, line 2, column 3: bytes are not UTF-8, expected text in"
                + " UTF-8");
    assertThat(failure(HEADER + "\nab\u00c3", ISO_8859_1))
        .hasMessage(
            "TensorRT calibration cache, line 2, column 3: bytes are not UTF-8, expected text in"
                + " UTF-8");
  }

  @Test
  void readOfEndlessLineIsRefused() {
    assertThat(failure(HEADER + "\n" + "x".repeat(1 << 20), UTF_8))
        .hasMessage(
            "TensorRT calibration cache, line 2, column 262145: line goes on, expected at most"
                + " 262144 bytes");
  }

  @Test
  void ofRefusesWhatCouldNotBeReadBack() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorRtCalibrationCache.of("TRT", Map.of()))
        .withMessageStartingWith("header is 'TRT', expected TRT-<version>-<algorithm>");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorRtCalibrationCache.of(HEADER, Map.of("a\nb", 1f)))
        .withMessage(
            "name of a tensor 'a?b' has a line break, which this format can't hold; write JSON"
                + " instead");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorRtCalibrationCache.of(HEADER, Map.of("a", Float.NaN)));
  }

  @Test
  void ofCopiesScales() {
    Map<String, Float> scales = new LinkedHashMap<>(Map.of("a", 1f));
    TensorRtCalibrationCache cache = TensorRtCalibrationCache.of(HEADER, scales);
    scales.clear();

    assertThat(cache.tensors()).containsExactly("a");
  }

  @Test
  void equalsComparesHeaderScalesAndOrder() throws IOException {
    TensorRtCalibrationCache cache = read(HEADER + "\na: 3c010204\nb: 0");

    assertThat(cache)
        .isEqualTo(read(HEADER + "\na: 3c010204\nb: 0"))
        .hasSameHashCodeAs(read(HEADER + "\na: 3c010204\nb: 0"))
        .isNotEqualTo(read(HEADER + "\nb: 0\na: 3c010204"))
        .isNotEqualTo(read(HEADER + "\na: 3c010204\nb: 3c810204"))
        .isNotEqualTo(read("TRT-8603-MinMaxCalibration\na: 3c010204\nb: 0"))
        .isNotEqualTo("cache");
  }

  private static TensorRtCalibrationCache read(String text) throws IOException {
    return TensorRtCalibrationCache.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static String written(TensorRtCalibrationCache cache) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    cache.write(out);
    return out.toString(UTF_8);
  }

  private static TableFormatException failure(String text, Charset charset) {
    return Objects.requireNonNull(
        catchThrowableOfType(
            TableFormatException.class,
            () -> TensorRtCalibrationCache.read(new ByteArrayInputStream(text.getBytes(charset)))));
  }
}
