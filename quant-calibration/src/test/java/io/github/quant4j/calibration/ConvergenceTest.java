/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvergenceTest {

  @Test
  void withChangesOneSettingAlone() {
    assertThat(Convergence.defaults()).isEqualTo(new Convergence(0.01, 10, 128, false));
    assertThat(
            Convergence.defaults()
                .withThreshold(0)
                .withWindow(1)
                .withMinimumSampleCount(0)
                .withEarlyStop(true))
        .isEqualTo(new Convergence(0, 1, 0, true));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void thresholdOutsideItsRangeIsRefused(double threshold) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convergence.defaults().withThreshold(threshold))
        .withMessage("threshold is %s, expected 0 to below 1, 0.01 for 1 %%", threshold);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1001})
  void windowOutsideItsRangeIsRefused(int window) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convergence.defaults().withWindow(window))
        .withMessage("window is %s batches, expected 1 to 1000", window);
  }

  @Test
  void negativeMinimumSampleCountIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convergence.defaults().withMinimumSampleCount(-1))
        .withMessage("minimumSampleCount is -1, expected 0 or more");
  }
}
