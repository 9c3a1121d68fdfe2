/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTableJsonTest {

  private static final String GOLDEN =
      """
      {
        "format": "quant4j-calibration-table",
        "version": 1,
        "provenance": {
          "dataDigest": "sha256:ab",
          "libraryVersion": "Quant4J 0.1.0",
          "method": "percentile 99.99",
          "modelDigest": "sha256:cd",
          "runtimeVersion": "ONNX Runtime 1.29.0",
          "sampleCount": 512
        },
        "tensors": {
          "conv: \\"1\\" é": {
            "statistics": {
              "count": 9223372036854775807,
              "maximum": 3.4028235E38,
              "minimum": -0.0,
              "nonFiniteCount": 3
            }
          },
          "hidden": {
            "histogram": {
              "binWidthExponent": -11,
              "negative": [[1024,1]],
              "positive": [[0,1],[2047,1,1],[2050,1]]
            },
            "range": {
              "maximum": 1.0E-5,
              "minimum": -0.1
            },
            "statistics": {
              "count": 5,
              "maximum": 1.0012,
              "minimum": -0.5,
              "nonFiniteCount": 1
            }
          },
          "imported": {
            "range": {
              "maximum": 1.0E23,
              "minimum": 1.4E-45
            }
          }
        }
      }
      """;

  @Test
  void writeGivesGoldenText() throws IOException {
    assertThat(written(golden())).isEqualTo(GOLDEN);
  }

  @Test
  void readGivesWrittenTable() throws IOException {
    assertThat(read(GOLDEN)).isEqualTo(golden());
  }

  @Test
  void readOfCompactTextInAnyFieldOrderGivesSameTable() throws IOException {
    CalibrationTable table =
        read(
            """
            {"format":"quant4j-calibration-table","version":1,"tensors":{"x":{"statistics":\
            {"nonFiniteCount":0,"minimum":-1e0,"count":2,"maximum":3},"range":{"minimum":0,\
            "maximum":1}}},"provenance":{"sampleCount":1}}""");

    assertThat(table)
        .isEqualTo(
            CalibrationTable.builder()
                .put(
                    "x",
                    TensorCalibration.of(new TensorStatistics(-1, 3, 2, 0))
                        .withRange(new ValueRange(0, 1)))
                .sampleCount(1)
                .build());
  }

  @Test
  void readOfRandomTablesGivesWhatWasWritten() throws IOException {
    for (long seed = 0; seed < 200; seed++) {
      SeededTables random = SeededTables.of(seed);
      CalibrationTable table = table(random.calibrations().entrySet(), random.provenance());

      assertThat(read(written(table))).as("seed %d", seed).isEqualTo(table);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0", "0", "-0 0", "-0 1", "-1 -0", "1.4e-45 -0", "-3.4028235e38 0"})
  void readOfHistogramKeepsTheSignsOfZeros(String values) throws IOException {
    StreamingHistogram histogram = StreamingHistogram.create();
    for (String value : values.split(" ", -1)) {
      histogram.observe(FloatBuffer.wrap(new float[] {Float.parseFloat(value)}));
    }
    CalibrationTable table =
        CalibrationTable.builder().put("x", TensorCalibration.of(histogram.snapshot())).build();

    // Snapshots and statistics compare their extremes by their bits.
    assertThat(read(written(table))).isEqualTo(table);
  }

  @Test
  void writeOfAnyInsertionOrderGivesSameBytes() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      SeededTables random = SeededTables.of(seed);
      List<Map.Entry<String, TensorCalibration>> entries =
          new ArrayList<>(random.calibrations().entrySet());
      Provenance provenance = random.provenance();
      String forward = written(table(entries, provenance));
      Collections.reverse(entries);

      assertThat(written(table(entries, provenance))).as("seed %d", seed).isEqualTo(forward);
    }
  }

  @Test
  void readOfTextCutAtAnyByteIsRefused() throws IOException {
    byte[] text = GOLDEN.stripTrailing().getBytes(UTF_8);
    for (int length = 0; length < text.length; length++) {
      byte[] cut = Arrays.copyOf(text, length);

      assertThatThrownBy(() -> CalibrationTableJson.read(new ByteArrayInputStream(cut)))
          .as("%d bytes", length)
          .isInstanceOf(TableFormatException.class);
    }
  }

  @Test
  void writeToFileReplacesItAndLeavesNothingElse(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("table.json");
    Files.writeString(file, "old");
    CalibrationTableJson.write(golden(), file);

    assertThat(file).hasContent(GOLDEN);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
    assertThat(CalibrationTableJson.read(file)).isEqualTo(golden());
  }

  @Test
  void readOfMissingFileIsIoFailure(@TempDir Path folder) {
    assertThatThrownBy(() -> CalibrationTableJson.read(folder.resolve("none.json")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void readLeavesStreamOpen() throws IOException {
    List<String> closed = new ArrayList<>();
    CalibrationTableJson.read(
        new ByteArrayInputStream(GOLDEN.getBytes(UTF_8)) {
          @Override
          public void close() {
            closed.add("in");
          }
        });

    assertThat(closed).isEmpty();
  }

  @Test
  void boundsRefuseMoreThanCanBeRead() {
    TableBounds bounds = TableBounds.create();
    bounds.addBins(TableBounds.MAXIMUM_BINS);
    for (int i = 0; i < TableBounds.MAXIMUM_TENSORS; i++) {
      bounds.addTensor();
    }

    assertThatIllegalArgumentException()
        .isThrownBy(() -> bounds.addBins(1))
        .withMessage("histograms have more bins than expected, at most 33554432 in all");
    assertThatIllegalArgumentException()
        .isThrownBy(bounds::addTensor)
        .withMessage("table has more tensors than expected, at most 1048576");
  }

  private static CalibrationTable golden() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(
        FloatBuffer.wrap(new float[] {-0.5f, 0f, 0.99999f, 1.0001f, 1.0012f, Float.NaN}));
    return CalibrationTable.builder()
        .put("imported", TensorCalibration.of(new ValueRange(Float.MIN_VALUE, 1e23f)))
        .put(
            "hidden",
            TensorCalibration.of(histogram.snapshot()).withRange(new ValueRange(-0.1f, 1e-5f)))
        .put("conv: \"1\" é", new TensorStatistics(-0f, Float.MAX_VALUE, Long.MAX_VALUE, 3))
        .provenance(
            Provenance.builder()
                .modelDigest("sha256:cd")
                .dataDigest("sha256:ab")
                .method("percentile 99.99")
                .libraryVersion("Quant4J 0.1.0")
                .runtimeVersion("ONNX Runtime 1.29.0")
                .build())
        .sampleCount(512)
        .build();
  }

  private static CalibrationTable table(
      Iterable<Map.Entry<String, TensorCalibration>> entries, Provenance provenance) {
    CalibrationTable.Builder builder = CalibrationTable.builder().provenance(provenance);
    entries.forEach(entry -> builder.put(entry.getKey(), entry.getValue()));
    return builder.build();
  }

  private static CalibrationTable read(String text) throws IOException {
    return CalibrationTableJson.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static String written(CalibrationTable table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CalibrationTableJson.write(table, out);
    return out.toString(UTF_8);
  }
}
