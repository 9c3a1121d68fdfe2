/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static io.github.quant4j.core.compat.ReferenceValues.all;
import static io.github.quant4j.core.compat.ReferenceValues.inside;
import static io.github.quant4j.core.compat.ReferenceValues.outside;
import static io.github.quant4j.core.compat.ReferenceValues.range;
import static io.github.quant4j.core.compat.ReferenceValues.relu;
import static io.github.quant4j.core.compat.ReferenceValues.withOutlier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.QuantizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/*
 * The peer needs a GPU stack to install. Expected numbers are those of its algorithm written down
 * again with torch.histc, numpy.digitize and scipy.stats.entropy (torch 2.13.0, numpy 2.4.6, scipy
 * 1.17.1); those for one batch were found twice, independently. I and the others as in
 * ReferenceValues.
 */
class ModelOptCalibratorTest {

  @Test
  void entropy_ofReferenceValues_isThatOfTheAlgorithm() {
    assertThat(range(ModelOptCalibrator.entropy(false), all()))
        .containsExactly((float) -4.645053863525391, (float) 4.645053863525391);
    assertThat(range(ModelOptCalibrator.entropy(false), withOutlier()))
        .containsExactly((float) -4.6484375, (float) 4.6484375);
    assertThat(range(ModelOptCalibrator.entropy(true), relu()))
        .containsExactly(0f, (float) 4.625415802001953);
  }

  @ParameterizedTest
  @CsvSource({
    "99, 3.4192757606506348, 3.41796875, 3.420551300048828",
    "99.9, 4.119379043579102, 4.12109375, 4.121064186096191",
    "99.99, 4.891165256500244, 4.8828125, 4.893336296081543"
  })
  void percentile_ofReferenceValues_isThatOfTheAlgorithm(
      double percentile, float ofAll, float ofOutlier, float ofGrowing) {
    assertThat(range(ModelOptCalibrator.percentile(percentile), all()))
        .containsExactly(-ofAll, ofAll);
    assertThat(range(ModelOptCalibrator.percentile(percentile), withOutlier()))
        .containsExactly(-ofOutlier, ofOutlier);
    assertThat(range(ModelOptCalibrator.percentile(percentile), inside(), outside()))
        .containsExactly(-ofGrowing, ofGrowing);
  }

  @Test
  void meanSquaredError_ofReferenceValues_isThatOfTheAlgorithm() {
    assertThat(range(ModelOptCalibrator.meanSquaredError(false), all()))
        .containsExactly((float) -4.660585403442383, (float) 4.660585403442383);
    assertThat(range(ModelOptCalibrator.meanSquaredError(false), withOutlier()))
        .containsExactly((float) -38.447265625, (float) 38.447265625);
    assertThat(range(ModelOptCalibrator.meanSquaredError(true), relu()))
        .containsExactly(0f, (float) 4.642420768737793);
  }

  @Test
  void range_ofGrowingBatches_isThatOfTheAlgorithm() {
    assertThat(range(ModelOptCalibrator.entropy(false), inside(), outside()))
        .containsExactly((float) -4.893824577331543, (float) 4.893824577331543);
    assertThat(range(ModelOptCalibrator.meanSquaredError(false), inside(), outside()))
        .containsExactly((float) -4.660239219665527, (float) 4.660239219665527);
  }

  @Test
  void max_ofBatches_isTheLargestMagnitude() {
    assertThat(range(ModelOptCalibrator.max(), new float[] {-3, 1}, new float[] {2}))
        .containsExactly(-3f, 3f);
  }

  @Test
  void range_ofZeros_isZero() {
    assertThat(range(ModelOptCalibrator.entropy(true), new float[2])).containsExactly(0f, 0f);
    assertThat(range(ModelOptCalibrator.meanSquaredError(true), new float[2]))
        .containsExactly(0f, 0f);
  }

  @Test
  void observe_batchFarBeyondTheFirst_isRefusedBeforeMemoryRunsOut() {
    ModelOptCalibrator calibrator = ModelOptCalibrator.entropy(false);
    calibrator.observe(new float[] {1e-6f});

    assertThatThrownBy(() -> calibrator.observe(new float[] {1e6f}))
        .isInstanceOf(QuantizationException.class)
        .hasMessageContaining("begin with a larger batch");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 101, Double.NaN})
  void percentile_outOfRange_isRefused(double percentile) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelOptCalibrator.percentile(percentile))
        .withMessage("percentile is %s, expected 0 to 100", percentile);
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException().isThrownBy(() -> ModelOptCalibrator.max().range());
  }
}
