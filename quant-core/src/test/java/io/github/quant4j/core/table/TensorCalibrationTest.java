/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorCalibrationTest {

  private static final TensorStatistics STATISTICS = new TensorStatistics(-1, 3, 3, 1);
  private static final ValueRange CHOSEN = new ValueRange(-0.5f, 0.5f);

  @Test
  void ofStatisticsHasTheirRange() {
    TensorCalibration calibration = TensorCalibration.of(STATISTICS);

    assertThat(calibration.statistics()).contains(STATISTICS);
    assertThat(calibration.histogram()).isEmpty();
    assertThat(calibration.chosenRange()).isEmpty();
    assertThat(calibration.range()).isEqualTo(new ValueRange(-1, 3));
    assertThat(calibration).hasToString("[-1.0, 3.0], seen");
  }

  @Test
  void ofHistogramHasItsStatistics() {
    HistogramSnapshot histogram = histogram(-1, 0, 3, Float.NaN);
    TensorCalibration calibration = TensorCalibration.of(histogram);

    assertThat(calibration.statistics()).contains(STATISTICS);
    assertThat(calibration.histogram()).contains(histogram);
  }

  @Test
  void ofEmptyHistogramIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorCalibration.of(histogram()))
        .withMessage(
            "histogram has no finite value, expected at least one; leave the tensor out instead");
  }

  @Test
  void ofRangeHasNoStatistics() {
    TensorCalibration calibration = TensorCalibration.of(CHOSEN);

    assertThat(calibration.statistics()).isEmpty();
    assertThat(calibration.range()).isEqualTo(CHOSEN);
  }

  @Test
  void withRangeKeepsTheRest() {
    TensorCalibration calibration = TensorCalibration.of(histogram(-1, 0, 3, Float.NaN));
    TensorCalibration chosen = calibration.withRange(CHOSEN);

    assertThat(chosen.range()).isEqualTo(CHOSEN);
    assertThat(chosen.chosenRange()).contains(CHOSEN);
    assertThat(chosen.histogram()).isEqualTo(calibration.histogram());
    assertThat(chosen.statistics()).contains(STATISTICS);
    assertThat(calibration.chosenRange()).isEmpty();
    assertThat(chosen).hasToString("[-0.5, 0.5], chosen");
  }

  @Test
  void equalsComparesAllParts() {
    TensorCalibration calibration = TensorCalibration.of(STATISTICS).withRange(CHOSEN);

    assertThat(calibration)
        .isEqualTo(TensorCalibration.of(STATISTICS).withRange(CHOSEN))
        .hasSameHashCodeAs(TensorCalibration.of(STATISTICS).withRange(CHOSEN))
        .isNotEqualTo(TensorCalibration.of(STATISTICS))
        .isNotEqualTo(TensorCalibration.of(CHOSEN))
        .isNotEqualTo(TensorCalibration.of(histogram(-1, 0, 3, Float.NaN)).withRange(CHOSEN))
        .isNotEqualTo("calibration");
  }

  private static HistogramSnapshot histogram(float... values) {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(values));
    return histogram.snapshot();
  }
}
