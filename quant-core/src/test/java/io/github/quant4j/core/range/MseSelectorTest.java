/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.CodeRange;
import io.github.quant4j.core.qparams.QuantizationScheme;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.qparams.QuantizedType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MseSelectorTest {

  private static final QuantizationSpec INT8 = QuantizationSpec.INT8_ACTIVATION;
  private static final QuantizationSpec INT4 = INT8.withType(QuantizedType.INT4);
  private static final QuantizationSpec UINT8 = QuantizationSpec.UINT8_ACTIVATION;

  @Test
  void select_symmetric_hasTheLeastNoiseOfAllEdges() {
    for (int seed = 0; seed < 9; seed++) {
      HistogramSnapshot histogram = Histograms.of(Histograms.mixed(seed, 3_000));
      for (QuantizationSpec spec :
          new QuantizationSpec[] {
            INT8,
            INT4,
            INT4.withCodeRange(CodeRange.NARROW),
            UINT8.withScheme(QuantizationScheme.SYMMETRIC)
          }) {
        float chosen = MseSelector.of(spec).select(histogram).absoluteMaximum();
        double least = noise(histogram, histogram.absoluteMaximum(), spec);
        for (int bin = 1; bin < 4096; bin += 19) {
          float edge = (float) (bin * histogram.binWidth());
          if (edge < histogram.absoluteMaximum()) {
            least = Math.min(least, noise(histogram, edge, spec));
          }
        }

        assertThat(noise(histogram, chosen, spec))
            .as("seed %d, %s", seed, spec)
            .isLessThanOrEqualTo(least * (1 + 1e-6));
      }
    }
  }

  /* Banner et al. (2019) give the best threshold of a normal density: 2.55 for 4 bits with 16
   * levels of equal width, 3.92 for 8 bits with 256 */
  @Test
  void select_ofNormalValues_isNearTheKnownThreshold() {
    HistogramSnapshot histogram = Histograms.of(Histograms.normal(21, 1_000_000));

    assertThat(MseSelector.of(INT4).select(histogram).absoluteMaximum()).isBetween(2.3f, 2.8f);
    assertThat(MseSelector.of(INT8).select(histogram).absoluteMaximum()).isBetween(3.7f, 4.2f);
  }

  @Test
  void select_asymmetric_isNoWorseThanAnyOtherEndForItself() {
    for (int seed = 0; seed < 12; seed++) {
      float[] values = Histograms.mixed(seed, 3_000);
      HistogramSnapshot histogram = Histograms.of(values);
      ValueRange all = MinMaxSelector.create().select(histogram);
      ValueRange range = MseSelector.of(UINT8).select(histogram);
      double chosen = NoiseEstimate.of(histogram, range, UINT8).meanSquaredError();

      assertThat(chosen)
          .as("seed %d", seed)
          .isLessThanOrEqualTo(NoiseEstimate.of(histogram, all, UINT8).meanSquaredError() * 1.05);
    }
  }

  @Test
  void select_asymmetricWithOutliers_clipsThem() {
    float[] values = Arrays.copyOf(Histograms.normal(22, 100_000), 100_002);
    values[100_000] = 200;
    values[100_001] = -100;
    QuantizationSpec uint4 = UINT8.withType(QuantizedType.UINT4);

    ValueRange range = MseSelector.of(uint4).select(Histograms.of(values));
    assertThat(range.maximum()).isLessThan(60);
    assertThat(range.minimum()).isGreaterThan(-60);
  }

  @Test
  void select_ofOneValue_keepsIt() {
    for (float[] values :
        new float[][] {{0, 0}, {2.375f, 2.375f}, {-7}, {Float.MIN_VALUE}, {Float.MAX_VALUE}}) {
      HistogramSnapshot histogram = Histograms.of(values);
      ValueRange all = MinMaxSelector.create().select(histogram);

      assertThat(MseSelector.of(INT8).select(histogram)).isEqualTo(all);
      assertThat(MseSelector.of(UINT8).select(histogram)).isEqualTo(all);
    }
  }

  @Test
  void select_ofNoValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MseSelector.of(INT8).select(Histograms.of()));
  }

  private static double noise(HistogramSnapshot histogram, float edge, QuantizationSpec spec) {
    ValueRange range = new ValueRange(-edge, edge);
    return NoiseEstimate.of(histogram, range, spec).meanSquaredError();
  }
}
