/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every malformed text is a failure that says where and what. */
class MalformedTableJsonTest {

  private static final String START = "{\"format\":\"quant4j-calibration-table\",\"version\":1,";

  @Test
  void messageNamesFileLineAndColumn(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("t.json");
    Files.writeString(file, "{\n  \"format\": \"other\"\n}");
    TableFormatException failure =
        catchThrowableOfType(TableFormatException.class, () -> CalibrationTableJson.read(file));

    assertThat(failure)
        .hasMessage(
            "calibration table '%s', line 2, column 13: at '/format' format is 'other', expected"
                + " 'quant4j-calibration-table'",
            file);
    assertThat(failure.path()).contains(file.toString());
    assertThat(failure.line()).isEqualTo(2);
    assertThat(failure.column()).isEqualTo(13);
  }

  @Test
  void otherFormatsAreRefused() {
    assertThat(message("")).endsWith("line 1, column 1: found the end, expected an object");
    assertThat(message("[]")).endsWith("line 1, column 1: found '[', expected an object");
    assertThat(message("{}")).endsWith("column 2: table does not begin with the field 'format'");
    assertThat(message("{\"input\":1}")).endsWith("does not begin with the field 'format'");
    assertThat(message("{\"format\":\"quant4j-calibration-table\"}"))
        .endsWith("table has not the field 'version' after 'format'");
    assertThat(message("{\"format\":\"quant4j-calibration-table\",\"tensors\":{}}"))
        .endsWith("table has not the field 'version' after 'format'");
    assertThat(failure("TRT-8603-MinMaxCalibration", UTF_8))
        .hasMessageStartingWith(
            "calibration table, line 1, column 5: text can't be read as JSON: Unrecognized token"
                + " 'TRT'");
    assertThat(failure("", UTF_8).path()).isEmpty();
  }

  @Test
  void laterVersionIsRefused() {
    assertThat(message("{\"format\":\"quant4j-calibration-table\",\"version\":2,\"new\":[]}"))
        .endsWith(
            "at '/version' version is 2, expected 1; read the table with the version of Quant4J"
                + " that wrote it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          "provenance":{}}                        | object has no field 'tensors'
          "tensors":{},"more":1}                  | field 'more' is unknown, expected provenance or tensors
          "tensors":{}} {}                        | found more after the end, expected one value
          "tensors":{},"tensors":{}}              | text can't be read as JSON: Duplicate field 'tensors'
          "tensors":[]}                           | found '[', expected an object
          "provenance":{"date":"now"}}            | field 'date' is unknown, expected dataDigest,
          "provenance":{"method":1}}              | found an integer, expected a text
          "provenance":{"method":""}}             | method has 0 characters, expected 1 to 65535
          "provenance":{"method":"\\uD800"}}      | has half a surrogate pair, expected well-formed
          "provenance":{"sampleCount":-1}}        | sampleCount is -1, expected 0 or more
          "provenance":{"sampleCount":1.0}}       | found a number, expected an integer
          "provenance":{"sampleCount":9223372036854775808}} | found 9223372036854775808, expected an integer of 64 bits
          """)
  void tableThatIsNotOneIsRefused(String text, String problem) {
    assertThat(message(START + text)).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          {"":{"range":{"minimum":0,"maximum":1}}}      | name of a tensor has 0 characters
          {"x":{}}                                      | object has no field 'range' or 'statistics'
          {"x":{"scale":1}}                             | field 'scale' is unknown, expected histogram, range or
          {"x":{"range":{"minimum":0}}}                 | object has no field 'maximum'
          {"x":{"range":{"maximum":0}}}                 | object has no field 'minimum'
          {"x":{"range":{"minimum":2,"maximum":1}}}     | 2.0
          {"x":{"range":{"minimum":0,"maximum":1e39}}}  | found 1e39, expected a number that float32 can hold
          {"x":{"range":{"minimum":0,"maximum":NaN}}}   | text can't be read as JSON: Non-standard token 'NaN'
          {"x":{"range":{"minimum":0,"maximum":"1"}}}   | found a text, expected a number
          {"x":{"range":{"mean":0}}}                    | field 'mean' is unknown, expected maximum or minimum
          {"x":{"statistics":{"mean":0}}}               | field 'mean' is unknown, expected count, maximum,
          {"x":{"statistics":{"minimum":0,"maximum":1,"nonFiniteCount":0}}}           | object has no field 'count'
          {"x":{"statistics":{"minimum":0,"maximum":1,"count":1}}}                    | has no field 'nonFiniteCount'
          {"x":{"statistics":{"minimum":0,"maximum":1,"count":0,"nonFiniteCount":0}}} | found 0 finite and 0 other
          {"x":{"statistics":{"minimum":0,"maximum":1,"count":1,"count":1}}}          | Duplicate field 'count'
          """)
  void tensorThatIsNotOneIsRefused(String tensors, String problem) {
    assertThat(message(START + "\"tensors\":" + tensors + "}")).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          {"positive":[],"negative":[]}                        | object has no field 'binWidthExponent'
          {"binWidthExponent":-11,"negative":[]}               | object has no field 'positive'
          {"binWidthExponent":-11,"positive":[]}               | object has no field 'negative'
          {"bins":1}                                           | field 'bins' is unknown, expected binWidthExponent,
          {"positive":[[4096,1]]}                              | run starts at bin 4096, expected 0 to 4095
          {"positive":[[-1,1]]}                                | run starts at bin -1, expected 0 to 4095
          {"positive":[[0,1,1],[1,1]]}                         | run starts at bin 1, expected 2 to 4095
          {"positive":[[4095,1,1]]}                            | run goes on, expected at most 4096 bins
          {"positive":[[0,0]]}                                 | count is 0, expected 1 or more
          {"positive":[[]]}                                    | found ']', expected an integer
          {"positive":[1]}                                     | found an integer, expected an array
          {"positive":1}                                       | found an integer, expected an array
          {"binWidthExponent":-11,"positive":[[0,1],[2048,2]],"negative":[]} | histogram has 3 values, expected the 2
          {"binWidthExponent":-10,"positive":[[0,1],[2048,1]],"negative":[]} | binWidthExponent is -10, expected -11
          {"binWidthExponent":-11,"positive":[[0,1],[2047,1]],"negative":[]} | maximum is 1.0 in positive bin 2048
          {"binWidthExponent":-11,"positive":[[0,9223372036854775807],[2048,1]],"negative":[]} | long overflow
          """)
  void histogramThatIsNotOneIsRefused(String histogram, String problem) {
    String statistics = "{\"count\":2,\"minimum\":0,\"maximum\":1,\"nonFiniteCount\":0}";
    assertThat(
            message(
                START
                    + "\"tensors\":{\"x\":{\"statistics\":"
                    + statistics
                    + ",\"histogram\":"
                    + histogram
                    + "}}}"))
        .contains(problem);
  }

  @Test
  void histogramWithoutStatisticsIsRefused() {
    assertThat(
            message(
                START
                    + "\"tensors\":{\"x\":{\"histogram\":{\"binWidthExponent\":-149,"
                    + "\"positive\":[],\"negative\":[]}}}}"))
        .endsWith("at '/tensors/x' object has no field 'statistics'");
  }

  @Test
  @Timeout(10)
  void hostileSizesAreRefused() {
    String deep = START + "\"tensors\":" + "[".repeat(1_000_000);
    String longNumber = START + "\"provenance\":{\"sampleCount\":" + "9".repeat(50_000);
    String longName = START + "\"" + "n".repeat(10_000_000);
    String longText = START + "\"provenance\":{\"method\":\"" + "m".repeat(10_000_000);

    assertThat(message(deep)).contains("found '['");
    assertThat(message("[".repeat(1_000_000))).contains("found '['");
    assertThat(message(longNumber)).contains("Number value length (").contains("exceeds");
    assertThat(message(longName)).contains("Name length (").contains("exceeds");
    assertThat(message(longText)).contains("String value length (").contains("exceeds");
    assertThat(message(START + "\"provenance\":{\"sampleCount\":1e999999999}"))
        .contains("expected an integer");
  }

  @Test
  void textInOtherEncodingIsRefused() {
    assertThat(failure(START + "\"provenance\":{\"method\":\"\u00e9\"}}", ISO_8859_1))
        .hasMessageContaining("text can't be read as JSON: Invalid UTF-8");
    assertThat(failure(START, UTF_16LE)).hasMessageContaining("text can't be read as JSON");
  }

  private static String message(String text) {
    TableFormatException failure = failure(text, UTF_8);
    assertThat(failure.line()).isPositive();
    assertThat(failure.column()).isPositive();
    assertThat(failure.getMessage()).hasLineCount(1);
    return String.valueOf(failure.getMessage());
  }

  private static TableFormatException failure(String text, Charset charset) {
    return Objects.requireNonNull(
        catchThrowableOfType(
            TableFormatException.class,
            () -> CalibrationTableJson.read(new ByteArrayInputStream(text.getBytes(charset)))));
  }
}
