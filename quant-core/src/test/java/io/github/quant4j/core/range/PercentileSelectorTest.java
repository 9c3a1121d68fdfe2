/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentileSelectorTest {

  @Test
  void select_hundredPercent_keepsAll() {
    HistogramSnapshot histogram = Histograms.of(-5, 1, 3);

    assertThat(PercentileSelector.symmetric(100).select(histogram))
        .isEqualTo(new ValueRange(-5, 3));
    assertThat(PercentileSelector.asymmetric(100).select(histogram))
        .isEqualTo(new ValueRange(-5, 3));
  }

  /* 1 to 10,000: 99.9 percent leaves out 10, asymmetric 5 at each end; bins are 4 wide */
  @Test
  void select_ofWholeNumbers_leavesOutExactlySoMany() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    HistogramSnapshot histogram = Histograms.of(values);

    assertThat(PercentileSelector.symmetric(99.9).select(histogram))
        .isEqualTo(new ValueRange(1, 9_992));
    assertThat(PercentileSelector.asymmetric(99.9).select(histogram))
        .isEqualTo(new ValueRange(4, 9_996));
  }

  @Test
  void select_ofAnyValues_keepsAtLeastThePart() {
    for (int seed = 0; seed < 60; seed++) {
      float[] values = Histograms.mixed(seed, 50 + seed * 101);
      HistogramSnapshot histogram = Histograms.of(values);
      for (double part : new double[] {1, 50, 90, 99, 99.9}) {
        ValueRange symmetric = PercentileSelector.symmetric(part).select(histogram);
        ValueRange asymmetric = PercentileSelector.asymmetric(part).select(histogram);

        assertThat(kept(values, symmetric)).as("seed %d", seed).isGreaterThanOrEqualTo(part);
        assertThat(kept(values, asymmetric)).as("seed %d", seed).isGreaterThanOrEqualTo(part);
        assertThat(symmetric.absoluteMaximum())
            .as("seed %d", seed)
            .isLessThanOrEqualTo(histogram.absoluteMaximum());
      }
    }
  }

  @Test
  void select_narrowerByOneBin_keepsLessThanThePart() {
    float[] values = Histograms.normal(9, 100_000);
    HistogramSnapshot histogram = Histograms.of(values);
    float edge = PercentileSelector.symmetric(99).select(histogram).maximum();
    float inner = (float) (edge - histogram.binWidth());

    assertThat(kept(values, new ValueRange(-edge, edge))).isGreaterThanOrEqualTo(99);
    assertThat(kept(values, new ValueRange(-inner, inner))).isLessThan(99);
  }

  @Test
  void asymmetric_lowerEndAmongPositiveValues_isAnEdgeThere() {
    float[] values = new float[1_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < 100 ? 1 : 900;
    }
    values[0] = -1000;

    ValueRange range = PercentileSelector.asymmetric(50).select(Histograms.of(values));
    assertThat(range.minimum()).isBetween(899f, 900f);
    assertThat(range.maximum()).isBetween(900f, 901f);
  }

  @Test
  void asymmetric_ofNegativeValues_staysBelowZero() {
    assertThat(PercentileSelector.asymmetric(90).select(Histograms.of(-3, -2, -2, -1)))
        .isEqualTo(new ValueRange(-3, -1));
  }

  @Test
  void select_ofOneValue_keepsIt() {
    for (float value : new float[] {0, -7, 2.375f, Float.MIN_VALUE, Float.MAX_VALUE}) {
      HistogramSnapshot histogram = Histograms.of(value);
      assertThat(PercentileSelector.symmetric(1).select(histogram))
          .isEqualTo(new ValueRange(value, value));
      assertThat(PercentileSelector.asymmetric(1).select(histogram))
          .isEqualTo(new ValueRange(value, value));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 100.5, Double.NaN})
  void create_percentageOutOfRange_isRefused(double percentage) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PercentileSelector.symmetric(percentage))
        .withMessage("percentage is %s, expected above 0 to 100", percentage);
  }

  @Test
  void select_ofNoValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PercentileSelector.symmetric(99).select(Histograms.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MinMaxSelector.create().select(Histograms.of()));
  }

  private static double kept(float[] values, ValueRange range) {
    int kept = 0;
    for (float value : values) {
      kept += value >= range.minimum() && value <= range.maximum() ? 1 : 0;
    }
    return 100.0 * kept / values.length;
  }
}
