/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static io.github.quant4j.core.compat.ReferenceValues.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.observer.ValueRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/* What golden_observers.py does not cover; the averages are checked against the peer there. */
class OnnxRuntimeMinMaxCalibratorTest {

  private static final float[] FIRST = {-1, 0.25f, 3};
  private static final float[] SECOND = {-5, 1};

  @Test
  void range_ofTwoBatches_isTheirUnion() {
    assertThat(range(OnnxRuntimeMinMaxCalibrator.create(false), FIRST, SECOND))
        .containsExactly(-5f, 3f);
    assertThat(range(OnnxRuntimeMinMaxCalibrator.create(true), FIRST, SECOND))
        .containsExactly(-5f, 5f);
  }

  @Test
  void range_overRounds_isTheUnionOfRounds() {
    OnnxRuntimeMinMaxCalibrator calibrator = OnnxRuntimeMinMaxCalibrator.create(false);
    calibrator.observe(FIRST);
    calibrator.endRound();
    calibrator.endRound();
    calibrator.observe(SECOND);

    assertThat(calibrator.range()).isEqualTo(new ValueRange(-5, 3));
    calibrator.endRound();
    assertThat(calibrator.range()).isEqualTo(new ValueRange(-5, 3));
  }

  @Test
  void range_averagingWithinARound_isTheMean() {
    assertThat(range(OnnxRuntimeMinMaxCalibrator.averaging(false, 0.01), FIRST, SECOND))
        .containsExactly(-3f, 2f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void averaging_constantOutOfRange_isRefused(double constant) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxRuntimeMinMaxCalibrator.averaging(false, constant))
        .withMessage("constant is %s, expected 0 to 1", constant);
  }

  @Test
  void range_beforeTheFirstBatch_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> OnnxRuntimeMinMaxCalibrator.create(false).range());
  }
}
