/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quant4j.core.observer.ValueRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every malformed table of ONNX Runtime is a failure that says where and what. */
class MalformedOnnxRuntimeTableTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          §§                                            | 1  | found the end, expected an object
          []                                            | 1  | found '[', expected an object
          {} {}                                         | 4  | found more after the end, expected one value
          {"a":1}                                       | 6  | at '/a' found an integer, expected an object
          {"a":{"lowest":0}}                            | 17 | at '/a' object has no field 'highest'
          {"a":{"highest":0}}                           | 18 | at '/a' object has no field 'lowest'
          {"a":{"lowest":1,"highest":0}}                | 29 | at '/a'
          {"a":{"lowest":"1"}}                          | 16 | at '/a/lowest' found a text, expected a number
          {"a":{"lowest":1e39}}                         | 16 | at '/a/lowest' found 1e39, expected a number that
          {"a":{"lowest":{"data":[[1]],"x":[[{}]]}}}    | 41 | at '/a' object has no field 'highest'
          {"a":{"lowest":{"dtype":"float32"}}}          | 34 | at '/a/lowest' object has no field 'data'
          {"a":{"lowest":{"data":[1,2]}}}               | 27 | at '/a/lowest/data/1' found another element, expected one
          {"a":{"lowest":{"data":[]}}}                  | 25 | at '/a/lowest/data' found ']', expected a number
          {"a":{"lowest":{"data":true}}}                | 24 | at '/a/lowest/data' found 'true', expected a number
          {"":{"lowest":0,"highest":1}}                 | 28 | at '/' name of a tensor has 0 characters
          {"CLS":"TensorsData","data":[]}               | 29 | at '/data' found '[', expected an object
          {"CLS":"TensorsData","calibration_method":1}  | 43 | at '/calibration_method' found an integer, expected an
          {"CLS":"TensorsData","calibration_method":{"CLS":"x","value":1}} | 62 | at '/calibration_method/value' found
          """)
  void readJsonOfMalformedTextSaysWhere(String text, int column, String problem) {
    assertThat(jsonFailure(text))
        .hasMessageStartingWith(
            "ONNX Runtime calibration table, line 1, column %d: %s".formatted(column, problem));
  }

  @Test
  void readJsonOfNotANumberIsRefused() {
    assertThat(jsonFailure("{\"a\":{\"lowest\":NaN}}"))
        .hasMessageContaining("text can't be read as JSON: Non-standard token 'NaN'");
    assertThat(jsonFailure("{\"a\":{\"lowest\":-Infinity}}"))
        .hasMessageContaining("text can't be read as JSON: Non-standard token '-Infinity'");
  }

  @Test
  void readJsonCutAtAnyByteIsRefused() {
    byte[] text =
        """
        {"CLS": "TensorsData", "data": {"x": {"lowest": {"data": [-1.0], "dtype": "float32"}, \
        "highest": 3.0, "hist": [1, [2]], "CLS": "TensorData"}}, "smooth_quant": false}"""
            .getBytes(UTF_8);
    for (int length = 0; length < text.length; length++) {
      String cut = new String(Arrays.copyOf(text, length), UTF_8);

      assertThat(jsonFailure(cut).line()).as("%d bytes", length).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          a;             | 1 | found 'a', expected '<tensor> <magnitude>'
          é 1x           | 4 | magnitude is '1x', expected a finite number
          a 1f           | 3 | magnitude is '1f', expected a finite number
          a nan          | 3 | magnitude is 'nan', expected a finite number
          a 1e39         | 3 | magnitude is '1e39', expected a finite number
          a -1.0         | 3 | magnitude is -1.0, expected 0 or more; onnxruntime writes the end next to 0
          a%b 1          | 1 | name of a tensor 'a?b' has a line break
          § 1§           | 1 | name of a tensor has 0 characters
          """)
  void readTextOfMalformedLineSaysWhere(String text, int column, String problem) {
    assertThat(textFailure(text.replace(';', '\n').replace('%', '\r')))
        .hasMessageStartingWith(
            "ONNX Runtime calibration cache, line 1, column %d: %s".formatted(column, problem));
  }

  @Test
  void readTextOfNegativeZeroIsZero() throws IOException {
    byte[] text = "a -0.0\n".getBytes(UTF_8);

    assertThat(
            OnnxRuntimeCalibrationTable.readText(new ByteArrayInputStream(text))
                .result()
                .range("a"))
        .contains(new ValueRange(0f, 0f));
  }

  @Test
  void readTextOfNameTwiceSaysWhere() {
    assertThat(textFailure("a b 1\n\na b 1.5e-3\n"))
        .hasMessage(
            "ONNX Runtime calibration cache, line 3, column 1: tensor 'a b' is in the table"
                + " already, expected every name once");
  }

  private static TableFormatException jsonFailure(String text) {
    return Objects.requireNonNull(
        catchThrowableOfType(
            TableFormatException.class,
            () ->
                OnnxRuntimeCalibrationTable.readJson(
                    new ByteArrayInputStream(text.getBytes(UTF_8)))));
  }

  private static TableFormatException textFailure(String text) {
    return Objects.requireNonNull(
        catchThrowableOfType(
            TableFormatException.class,
            () ->
                OnnxRuntimeCalibrationTable.readText(
                    new ByteArrayInputStream(text.getBytes(UTF_8)))));
  }
}
