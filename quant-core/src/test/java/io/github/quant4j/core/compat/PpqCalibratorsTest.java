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

import io.github.quant4j.core.observer.ValueRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/*
 * PPQ 0.6.6 is not to be had as a package. Expected numbers are those of its algorithms written
 * down again with torch 2.13.0, statement by statement. I and the others as in ReferenceValues.
 */
class PpqCalibratorsTest {

  private static final ValueRange OF_ALL =
      new ValueRange((float) -4.8935546875, (float) 4.6435546875);
  private static final ValueRange OF_OUTLIER = new ValueRange((float) -4.8935546875, 40f);
  private static final ValueRange OF_RELU = new ValueRange(0f, (float) 4.6435546875);

  @Test
  void divergence_ofReferenceValues_isThatOfTheAlgorithm() {
    assertHas(
        PpqHistogramCalibrator.divergence(OF_ALL),
        all(),
        (float) 4.8935546875,
        (float) 0.038230896);
    assertHas(
        PpqHistogramCalibrator.divergence(OF_OUTLIER), withOutlier(), 11.25f, (float) 0.087890625);
    assertHas(
        PpqHistogramCalibrator.divergence(OF_RELU), relu(), (float) 4.6435546875, 0.03627777f);
  }

  @Test
  void meanSquaredError_ofReferenceValues_isThatOfTheAlgorithm() {
    assertHas(
        PpqHistogramCalibrator.meanSquaredError(OF_ALL), all(), (float) 4.8935546875, 0.03838082f);
    assertHas(PpqHistogramCalibrator.meanSquaredError(OF_OUTLIER), withOutlier(), 40f, 0.3137255f);
    assertHas(
        PpqHistogramCalibrator.meanSquaredError(OF_RELU),
        relu(),
        (float) 4.6435546875,
        (float) 0.036420036);
  }

  @Test
  void histogram_ofBatchesInAnyOrder_givesTheSameRange() {
    assertThat(range(PpqHistogramCalibrator.divergence(OF_ALL), inside(), outside()))
        .isEqualTo(range(PpqHistogramCalibrator.divergence(OF_ALL), outside(), inside()));
  }

  @Test
  void scale_ofZeros_isTheLeastScale() {
    PpqHistogramCalibrator calibrator = PpqHistogramCalibrator.divergence(new ValueRange(0f, 0f));
    calibrator.observe(new float[3]);

    assertThat(calibrator.scale()).isEqualTo(1e-8f);
  }

  /* kthvalue of I, plus and inside with 0.999, then the mean */
  @Test
  void percentile_ofBatches_isTheirMean() {
    assertThat(range(PpqPercentileCalibrator.create(0.999), all(), withOutlier(), inside()))
        .containsExactly((float) -2.92822265625, (float) 2.9908039569854736);
  }

  @Test
  void percentile_ofSmallBatches_cutsNothing() {
    assertThat(range(PpqPercentileCalibrator.create(0.9999), new float[] {3, -1, 0.25f}))
        .containsExactly(-1f, 3f);
    assertThat(range(PpqPercentileCalibrator.create(1), new float[] {3, -1}))
        .containsExactly(-1f, 3f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.1, Double.NaN})
  void percentile_partOutOfRange_isRefused(double part) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PpqPercentileCalibrator.create(part))
        .withMessage("part is %s, expected above 0.5 to 1", part);
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException().isThrownBy(() -> PpqPercentileCalibrator.create(1).range());
    assertThatIllegalStateException()
        .isThrownBy(() -> PpqHistogramCalibrator.divergence(OF_ALL).range());
  }

  private static void assertHas(
      PpqHistogramCalibrator calibrator, float[] values, float threshold, float scale) {
    assertThat(range(calibrator, values)).containsExactly(-threshold, threshold);
    assertThat(calibrator.scale()).isEqualTo(scale);
  }
}
