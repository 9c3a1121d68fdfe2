/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.QuantizationProfile;
import io.github.quant4j.core.qparams.QuantizationSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseEstimateTest {

  private static final QuantizationSpec INT8 = QuantizationSpec.INT8_ACTIVATION;
  private static final QuantizationSpec UINT8 = QuantizationSpec.UINT8_ACTIVATION;

  /* each value quantized for itself: the Monte Carlo estimate of the same noise */
  @ParameterizedTest
  @ValueSource(floats = {0.5f, 1f, 2f, 3f, 10f})
  void of_normalValues_isNearThatOfEachValue(float threshold) {
    float[] values = Histograms.normal(11, 200_000);
    ValueRange range = new ValueRange(-threshold, threshold);
    for (QuantizationSpec spec : new QuantizationSpec[] {INT8, UINT8}) {
      QuantizationNoise expected = NoiseEstimate.of(Histograms.of(values), range, spec);
      double[] actual = noise(values, range, spec);

      assertThat(expected.clippingPower()).isCloseTo(actual[0], within(0.01 * actual[0] + 1e-9));
      assertThat(expected.roundingPower()).isCloseTo(actual[1], withPercentage(2));
      assertThat(expected.signalPower()).isCloseTo(actual[2], withPercentage(0.1));
    }
  }

  @Test
  void of_manyDistributions_isNearThatOfEachValue() {
    for (int seed = 0; seed < 30; seed++) {
      float[] values = Histograms.mixed(seed, 50_000);
      HistogramSnapshot histogram = Histograms.of(values);
      ValueRange range = PercentileSelector.symmetric(99).select(histogram);
      double expected = NoiseEstimate.of(histogram, range, INT8).meanSquaredError();
      double[] actual = noise(values, range, INT8);

      assertThat(expected).as("seed %d", seed).isCloseTo(actual[0] + actual[1], withPercentage(3));
    }
  }

  @Test
  void of_reluValues_countsNoNoiseForZeros() {
    float[] values = Histograms.normal(12, 100_000);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]);
    }
    ValueRange range = new ValueRange(0, 5);

    assertThat(NoiseEstimate.of(Histograms.of(values), range, INT8).roundingPower())
        .isCloseTo(noise(values, range, INT8)[1], withPercentage(2));
  }

  @Test
  void of_rangeOfAllValues_clipsNothing() {
    HistogramSnapshot histogram = Histograms.of(Histograms.normal(13, 1_000));
    ValueRange range = MinMaxSelector.create().select(histogram);

    assertThat(NoiseEstimate.of(histogram, range, INT8).clippingPower()).isLessThan(1e-12);
  }

  @Test
  void of_zeros_isNoNoise() {
    QuantizationNoise noise = NoiseEstimate.of(Histograms.of(0, 0, 0), new ValueRange(0, 0), INT8);

    assertThat(noise.meanSquaredError()).isZero();
    assertThat(noise.sqnrDecibels()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void of_extremeMagnitudes_isFinite() {
    for (float value : new float[] {Float.MIN_VALUE, 1e-40f, Float.MAX_VALUE}) {
      HistogramSnapshot histogram = Histograms.of(-value, value / 3, value);
      ValueRange range = new ValueRange(-value / 2, value / 2);
      assertThat(NoiseEstimate.of(histogram, range, INT8).signalPower()).isFinite();
    }
  }

  @Test
  void of_noValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseEstimate.of(Histograms.of(), new ValueRange(0, 1), INT8));
  }

  @Test
  void noise_negativeOrNanPower_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuantizationNoise(-1, 0, 0))
        .withMessage("clippingPower is -1.0, expected 0 or more");
    assertThatIllegalArgumentException().isThrownBy(() -> new QuantizationNoise(0, Double.NaN, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuantizationNoise(0, 0, Double.POSITIVE_INFINITY));
  }

  @Test
  void sqnrDecibels_ofKnownPowers_isTheirRatio() {
    assertThat(new QuantizationNoise(0.5, 0.5, 1000).sqnrDecibels()).isEqualTo(30);
    assertThat(new QuantizationNoise(1, 0, 0).sqnrDecibels()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  /** Returns clipping, rounding and signal power of values quantized one by one. */
  static double[] noise(float[] values, ValueRange range, QuantizationSpec spec) {
    var parameters = QuantizationProfile.TENSORRT.parameters(range, spec);
    var limits = QuantizationProfile.TENSORRT.limits(spec);
    double scale = parameters.scale(0);
    double low = scale * (limits.minimum() - parameters.zeroPoint(0));
    double high = scale * (limits.maximum() - parameters.zeroPoint(0));
    double[] powers = new double[3];
    for (double x : values) {
      double error = x - Math.max(low, Math.min(high, scale * Math.rint(x / scale)));
      powers[x < low || x > high ? 0 : 1] += error * error / values.length;
      powers[2] += x * x / values.length;
    }
    return powers;
  }
}
