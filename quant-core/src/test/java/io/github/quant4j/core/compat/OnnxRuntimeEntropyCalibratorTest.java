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
 * Expected numbers were made with onnxruntime 1.30.0, I and the others as in ReferenceValues:
 *
 *   from onnxruntime.quantization.calibrate import HistogramCollector
 *   def run(bins, levels, *batches):
 *       c = HistogramCollector('entropy', False, bins, levels, None, None)
 *       for b in batches: c.collect({'x': b})
 *       return c.compute_collection_result()['x'][:2]
 */
class OnnxRuntimeEntropyCalibratorTest {

  /* run(bins, levels, I) */
  @ParameterizedTest
  @CsvSource({
    "128, 128, -4.8935546875, 4.6435546875",
    "256, 128, -4.8935546875, 4.6435546875",
    "512, 128, -4.8935546875, 4.6435546875",
    "2048, 128, -4.415668487548828, 4.42044734954834",
    "2048, 256, -4.367879867553711, 4.372658729553223"
  })
  void range_ofReferenceValues_isThatOfOnnxRuntime(
      int bins, int levels, float minimum, float maximum) {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(bins, levels), all()))
        .containsExactly(minimum, maximum);
  }

  /* run(bins, levels, relu) */
  @ParameterizedTest
  @CsvSource({
    "128, 128, 4.6435546875",
    "256, 128, 4.6435546875",
    "512, 128, 3.500804901123047",
    "2048, 128, 3.4872007369995117",
    "2048, 256, 3.4872007369995117"
  })
  void range_ofRelu_isThatOfOnnxRuntime(int bins, int levels, float maximum) {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(bins, levels), relu()))
        .containsExactly(0f, maximum);
  }

  /* run(bins, levels, plus) */
  @ParameterizedTest
  @CsvSource({
    "128, 128, 40",
    "2048, 128, 5.078125",
    "2048, 256, 5.2734375",
    "8001, 255, 5.3043365478515625"
  })
  void range_withOutlier_isThatOfOnnxRuntime(int bins, int levels, float maximum) {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(bins, levels), withOutlier()))
        .containsExactly((float) -4.8935546875, maximum);
  }

  /* run(128, 128, inside, outside), run(128, 128, outside, inside),
   * run(2048, 128, inside, outside) */
  @Test
  void range_ofTwoBatches_dependsOnTheirOrder() {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(), inside(), outside()))
        .containsExactly((float) -4.045886993408203, (float) 4.0615081787109375);
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(), outside(), inside()))
        .containsExactly((float) -4.8935546875, (float) 4.6435546875);
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(2048, 128), inside(), outside()))
        .containsExactly((float) -3.4366607666015625, (float) 3.4376373291015625);
  }

  /* run(128, 128, I, np.array([40], np.float32)), run(128, 128, np.array([40], np.float32), I) */
  @Test
  void range_withOutlierInItsOwnBatch_dependsOnTheOrder() {
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(), all(), new float[] {40}))
        .containsExactly((float) -4.8935546875, (float) 5.19940185546875);
    assertThat(range(OnnxRuntimeEntropyCalibrator.create(), new float[] {40}, all()))
        .containsExactly((float) -4.8935546875, 40f);
  }

  /* run(2048, 128, np.array([1], np.float32)) ends in AssertionError of eps1 < 1.0:
   * a window of 2,047 bins with 1 that is not empty takes 0.2046; of 10,001 it would take 1.0 */
  @Test
  void range_ofOneValueInManyBins_failsAsOnnxRuntime() {
    OnnxRuntimeEntropyCalibrator calibrator = OnnxRuntimeEntropyCalibrator.create(20_002, 128);
    calibrator.observe(new float[] {1});

    assertThatThrownBy(calibrator::range)
        .isInstanceOf(QuantizationException.class)
        .hasMessageStartingWith("onnxruntime's entropy calibration fails: ")
        .hasMessageEndingWith("use fewer bins or more data");
  }

  @Test
  void observe_batchFarBeyondTheFirst_isRefusedBeforeMemoryRunsOut() {
    OnnxRuntimeEntropyCalibrator calibrator = OnnxRuntimeEntropyCalibrator.create();
    calibrator.observe(new float[] {1e-6f});

    assertThatThrownBy(() -> calibrator.observe(new float[] {1e6f}))
        .isInstanceOf(QuantizationException.class)
        .hasMessageContaining("begin with a larger batch");
  }

  @Test
  void observe_valuesTooCloseForTheBins_failsAsNumpy() {
    OnnxRuntimeEntropyCalibrator calibrator = OnnxRuntimeEntropyCalibrator.create();

    assertThatThrownBy(() -> calibrator.observe(new float[] {Float.MIN_VALUE}))
        .isInstanceOf(QuantizationException.class)
        .hasMessageStartingWith("numpy.histogram fails on the range [-1.4E-45, 1.4E-45]");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 129})
  void create_levelsOutOfRange_areRefused(int levels) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxRuntimeEntropyCalibrator.create(128, levels))
        .withMessage("levelCount is %d, expected 2 to binCount, 128", levels);
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> OnnxRuntimeEntropyCalibrator.create().range());
  }
}
