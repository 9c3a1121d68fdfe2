/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.observer.ValueRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the tables that ONNX Runtime 1.30 wrote: {@code python
 * quant-core/src/test/python/onnxruntime_tables.py
 * quant-core/src/test/resources/io/github/quant4j/core/table}.
 */
class OnnxRuntimeCalibrationTableTest {

  @Test
  void readJsonOfOnnxRuntimeGivesItsRanges() throws IOException {
    Conversion<CalibrationTable> conversion;
    try (InputStream in = resource("scalars.json")) {
      conversion = OnnxRuntimeCalibrationTable.readJson(in);
    }

    assertThat(conversion.result()).isEqualTo(scalars());
    assertThat(conversion.losses()).isEmpty();
  }

  @Test
  void writeJsonGivesBytesOfOnnxRuntime() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> losses = OnnxRuntimeCalibrationTable.writeJson(scalars(), out);

    assertThat(out.toByteArray()).isEqualTo(bytes("scalars.json"));
    assertThat(losses).isEmpty();
  }

  @Test
  void readJsonOfArraysSkipsHistogram() throws IOException {
    try (InputStream in = resource("arrays.json")) {
      Conversion<CalibrationTable> conversion = OnnxRuntimeCalibrationTable.readJson(in);

      assertThat(conversion.result().range("input")).contains(new ValueRange(-1, 3));
      assertThat(conversion.losses())
          .containsExactly(
              "'hist' left out (tensor 'input')", "'hist_edges' left out (tensor 'input')");
    }
  }

  @Test
  void readJsonOfSavedTensorsDataKeepsMethod() throws IOException {
    try (InputStream in = resource("saved.json")) {
      Conversion<CalibrationTable> conversion = OnnxRuntimeCalibrationTable.readJson(in);

      assertThat(conversion.result())
          .isEqualTo(
              CalibrationTable.builder()
                  .put("hidden", TensorCalibration.of(new ValueRange(-1, 3)))
                  .put("keptdims", TensorCalibration.of(new ValueRange(-2.5f, 0.001f)))
                  .provenance(Provenance.builder().method("CalibrationMethod.MinMax").build())
                  .build());
    }
  }

  @Test
  void readTextOfOnnxRuntimeTakesNumberForMagnitude() throws IOException {
    Conversion<CalibrationTable> conversion;
    try (InputStream in = resource("scalars.cache")) {
      conversion = OnnxRuntimeCalibrationTable.readText(in);
    }

    assertThat(conversion.result())
        .isEqualTo(
            CalibrationTable.builder()
                .put("backbone/conv:0 out", TensorCalibration.of(new ValueRange(-1, 1)))
                .put("head", TensorCalibration.of(new ValueRange(-0.1f, 0.1f)))
                .put("input", TensorCalibration.of(new ValueRange(-3, 3)))
                .put("zero", TensorCalibration.of(new ValueRange(0, 0)))
                .build());
    assertThat(conversion.losses())
        .containsExactly(
            "range taken from max(lowest, highest), may be too small (4 tensors, first"
                + " 'backbone/conv:0 out')");
  }

  /** ONNX Runtime writes 1.0 for the range -5 to 1. */
  @Test
  void writeTextGivesLargestMagnitude() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> losses = OnnxRuntimeCalibrationTable.writeText(scalars(), out);

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            backbone/conv:0 out 5.0
            head 0.10000000149011612
            input 3.0
            zero 0.0
            """);
    assertThat(losses)
        .containsExactly(
            "asymmetric range widened to its largest magnitude (3 tensors, first"
                + " 'backbone/conv:0 out')");
  }

  @Test
  void writeTextOfNameWithLineBreakIsRefused() {
    CalibrationTable table =
        CalibrationTable.builder().put("a\nb", TensorCalibration.of(new ValueRange(0, 1))).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxRuntimeCalibrationTable.writeText(table, new ByteArrayOutputStream()))
        .withMessageContaining("line break");
  }

  @Test
  void writeSaysWhatGetsLost(@TempDir Path folder) throws IOException {
    CalibrationTable table =
        CalibrationTable.builder()
            .put("a", new TensorStatistics(-1, 1, 2, 0))
            .sampleCount(1)
            .build();

    assertThat(OnnxRuntimeCalibrationTable.writeJson(table, folder.resolve("t.json")))
        .containsExactly("counts of values left out (tensor 'a')", "provenance left out");
    assertThat(OnnxRuntimeCalibrationTable.writeText(table, folder.resolve("t.cache")))
        .containsExactly("counts of values left out (tensor 'a')", "provenance left out");
  }

  @Test
  void filesAreReadBack(@TempDir Path folder) throws IOException {
    CalibrationTable table = scalars();
    OnnxRuntimeCalibrationTable.writeJson(table, folder.resolve("t.json"));
    OnnxRuntimeCalibrationTable.writeText(table, folder.resolve("t.cache"));

    assertThat(OnnxRuntimeCalibrationTable.readJson(folder.resolve("t.json")).result())
        .isEqualTo(table);
    assertThat(
            OnnxRuntimeCalibrationTable.readText(folder.resolve("t.cache"))
                .result()
                .range("backbone/conv:0 out"))
        .contains(new ValueRange(-5, 5));
  }

  @Test
  void readJsonOfRandomRangesGivesWhatWasWritten() throws IOException {
    for (long seed = 0; seed < 200; seed++) {
      CalibrationTable.Builder ranges = CalibrationTable.builder();
      SeededTables.of(seed)
          .calibrations()
          .forEach((name, value) -> ranges.put(name, TensorCalibration.of(value.range())));
      CalibrationTable table = ranges.build();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OnnxRuntimeCalibrationTable.writeJson(table, out);
      InputStream in = new ByteArrayInputStream(out.toByteArray());

      assertThat(OnnxRuntimeCalibrationTable.readJson(in).result())
          .as("seed %d", seed)
          .isEqualTo(table);
    }
  }

  private static CalibrationTable scalars() {
    return CalibrationTable.builder()
        .put("zero", TensorCalibration.of(new ValueRange(0, 0)))
        .put("input", TensorCalibration.of(new ValueRange(-1, 3)))
        .put("head", TensorCalibration.of(new ValueRange(0, 0.1f)))
        .put("backbone/conv:0 out", TensorCalibration.of(new ValueRange(-5, 1)))
        .build();
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        OnnxRuntimeCalibrationTableTest.class.getResourceAsStream(name), name);
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return in.readAllBytes();
    }
  }
}
