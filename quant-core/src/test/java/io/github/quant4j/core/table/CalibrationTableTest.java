/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class CalibrationTableTest {

  private static final TensorStatistics STATISTICS = new TensorStatistics(-1f, 2f, 10, 0);

  @Test
  void tensorsAreSortedByName() {
    CalibrationTable table =
        CalibrationTable.builder().put("b", STATISTICS).put("a", STATISTICS).build();

    assertThat(table.tensors()).containsExactly("a", "b");
    assertThatThrownBy(() -> table.tensors().remove("a"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> table.tensors().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void statisticsOfUnknownTensorIsEmpty() {
    CalibrationTable table = CalibrationTable.builder().put("a", STATISTICS).build();

    assertThat(table.statistics("a")).contains(STATISTICS);
    assertThat(table.statistics("b")).isEmpty();
  }

  @Test
  void rangeIsChosenOneElseSeenOne() {
    ValueRange chosen = new ValueRange(-1f, 1f);
    TensorCalibration calibration = TensorCalibration.of(STATISTICS).withRange(chosen);
    CalibrationTable table =
        CalibrationTable.builder().put("a", STATISTICS).put("b", calibration).build();

    assertThat(table.range("a")).contains(new ValueRange(-1f, 2f));
    assertThat(table.range("b")).contains(chosen);
    assertThat(table.range("c")).isEmpty();
    assertThat(table.calibration("b")).contains(calibration);
    assertThat(table.statistics("b")).contains(STATISTICS);
  }

  @Test
  void withRangesChoosesFromHistogramsAndLeavesTheRest() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {-4f, 1f, 2f, 3f}));
    TensorCalibration counted = TensorCalibration.of(histogram.snapshot());
    CalibrationTable table =
        CalibrationTable.builder().put("a", counted).put("b", STATISTICS).sampleCount(4).build();

    CalibrationTable chosen = table.withRanges("half", seen -> new ValueRange(-2f, 2f));

    assertThat(chosen.range("a")).contains(new ValueRange(-2f, 2f));
    assertThat(chosen.calibration("a").orElseThrow().histogram()).isEqualTo(counted.histogram());
    assertThat(chosen.range("b")).contains(STATISTICS.range());
    assertThat(chosen.provenance())
        .isEqualTo(Provenance.builder().method("half").sampleCount(4).build());
    assertThat(table.range("a")).contains(new ValueRange(-4f, 3f));
  }

  @Test
  void sampleCountIsThatOfProvenance() {
    Provenance provenance = Provenance.builder().method("minmax").sampleCount(3).build();

    assertThat(CalibrationTable.builder().provenance(provenance).build().sampleCount())
        .isEqualTo(3);
    assertThat(
            CalibrationTable.builder().provenance(provenance).sampleCount(4).build().provenance())
        .isEqualTo(Provenance.builder().method("minmax").sampleCount(4).build());
  }

  @Test
  void putOfImpossibleNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CalibrationTable.builder().put("", STATISTICS))
        .withMessage("name of a tensor has 0 characters, expected 1 to 65535");
  }

  @Test
  void putTwiceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> CalibrationTable.builder().put("a", STATISTICS).put("a", STATISTICS).build())
        .withMessage("tensor 'a' is in the table already, expected every name once");
  }

  @Test
  void buildIsNotChangedByLaterPuts() {
    CalibrationTable.Builder builder = CalibrationTable.builder().put("a", STATISTICS);
    CalibrationTable table = builder.build();
    builder.put("b", STATISTICS);

    assertThat(table.tensors()).containsExactly("a");
  }

  @Test
  void sampleCountNegativeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CalibrationTable.builder().sampleCount(-1))
        .withMessage("sampleCount is -1, expected 0 or more");
  }

  @Test
  void equalsComparesStatisticsAndSamples() {
    CalibrationTable table = CalibrationTable.builder().sampleCount(3).put("a", STATISTICS).build();
    CalibrationTable same = CalibrationTable.builder().put("a", STATISTICS).sampleCount(3).build();

    assertThat(table).isEqualTo(same).hasSameHashCodeAs(same).hasToString("1 tensors, 3 samples");
    assertThat(table)
        .isNotEqualTo(CalibrationTable.builder().put("a", STATISTICS).build())
        .isNotEqualTo(CalibrationTable.builder().sampleCount(3).build())
        .isNotEqualTo("table");
  }
}
