/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static io.github.quant4j.core.compat.ReferenceValues.all;
import static io.github.quant4j.core.compat.ReferenceValues.inside;
import static io.github.quant4j.core.compat.ReferenceValues.outside;
import static io.github.quant4j.core.compat.ReferenceValues.range;
import static io.github.quant4j.core.compat.ReferenceValues.withOutlier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/*
 * Expected numbers were made with onnxruntime 1.30.0, I and the others as in ReferenceValues:
 *
 *   from onnxruntime.quantization.calibrate import HistogramCollector
 *   def run(symmetric, percentile, *batches):
 *       c = HistogramCollector('percentile', symmetric, 2048, 0, percentile, None)
 *       for b in batches: c.collect({'x': b})
 *       return c.compute_collection_result()['x'][:2]
 */
class OnnxRuntimePercentileCalibratorTest {

  /* run(True, percentile, I) */
  @ParameterizedTest
  @CsvSource({
    "99, -3.419349193572998, 3.419349193572998",
    "99.9, -4.119417667388916, 4.119417667388916",
    "99.99, -4.891165256500244, 4.6435546875",
    "99.999, -4.891165256500244, 4.6435546875"
  })
  void symmetric_ofReferenceValues_isThatOfOnnxRuntime(
      double percentile, float minimum, float maximum) {
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(percentile), all()))
        .containsExactly(minimum, maximum);
  }

  /* run(False, percentile, I) */
  @ParameterizedTest
  @CsvSource({
    "99, -3.36431884765625, 3.498126983642578",
    "99.9, -4.076369285583496, 4.157609939575195",
    "99.99, -4.8935546875, 4.640275001525879",
    "99.999, -4.8935546875, 4.640275001525879"
  })
  void asymmetric_ofReferenceValues_isThatOfOnnxRuntime(
      double percentile, float minimum, float maximum) {
    assertThat(range(OnnxRuntimePercentileCalibrator.asymmetric(percentile), all()))
        .containsExactly(minimum, maximum);
  }

  /* run(True, 99, inside, outside), run(True, 99.9, inside, outside) */
  @Test
  void symmetric_ofGrowingBatches_isThatOfOnnxRuntime() {
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(99), inside(), outside()))
        .containsExactly((float) -3.4204483032226562, (float) 3.4204483032226562);
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(99.9), inside(), outside()))
        .containsExactly((float) -4.120789527893066, (float) 4.120789527893066);
  }

  /* run(True, 99.9, plus), run(True, 99.99, plus),
   * run(False, 99.9, plus), run(False, 99.99, plus) */
  @Test
  void range_withOutlier_isThatOfOnnxRuntime() {
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(99.9), withOutlier()))
        .containsExactly((float) -4.101781845092773, (float) 4.101781845092773);
    assertThat(range(OnnxRuntimePercentileCalibrator.symmetric(99.99), withOutlier()))
        .containsExactly((float) -4.883027076721191, (float) 4.883027076721191);
    assertThat(range(OnnxRuntimePercentileCalibrator.asymmetric(99.9), withOutlier()))
        .containsExactly(-4.0625f, 4.140625f);
    assertThat(range(OnnxRuntimePercentileCalibrator.asymmetric(99.99), withOutlier()))
        .containsExactly((float) -4.8935546875, (float) 39.9609375);
  }

  /* run(True, 50, np.array([2, 3, 4], np.float32), np.array([1, 2, 4], np.float32)):
   * 1 is below the first edge */
  @Test
  void symmetric_valuesBelowTheFirstEdge_areLost() {
    assertThat(
            range(
                OnnxRuntimePercentileCalibrator.symmetric(50),
                new float[] {2, 3, 4},
                new float[] {1, 2, 4}))
        .containsExactly(1f, 3f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 100.1, Double.NaN})
  void create_percentileOutOfRange_isRefused(double percentile) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxRuntimePercentileCalibrator.symmetric(percentile))
        .withMessage("percentile is %s, expected 0 to 100", percentile);
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> OnnxRuntimePercentileCalibrator.symmetric(99).range());
    assertThatIllegalStateException()
        .isThrownBy(() -> OnnxRuntimePercentileCalibrator.asymmetric(99).range());
  }
}
