/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SessionSettingsTest {

  @Test
  void defaultsLeaveThreadsToTheRuntimeAndOptimize() {
    assertThat(SessionSettings.defaults().threadCount()).isZero();
    assertThat(SessionSettings.defaults().optimization()).isEqualTo(OptimizationLevel.ALL);
  }

  @Test
  void withReturnsAChangedCopy() {
    SessionSettings settings =
        SessionSettings.defaults().withThreadCount(2).withOptimization(OptimizationLevel.NONE);

    assertThat(settings.threadCount()).isEqualTo(2);
    assertThat(settings.optimization()).isEqualTo(OptimizationLevel.NONE);
    assertThat(SessionSettings.defaults().threadCount()).isZero();
  }

  @Test
  void withNegativeThreadCountIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionSettings.defaults().withThreadCount(-1))
        .withMessage("threadCount is -1, expected 0 or more");
  }

  @Test
  void withDisabledOptimizersReplacesThoseBefore() {
    SessionSettings settings =
        SessionSettings.defaults().withDisabledOptimizers("A").withDisabledOptimizers("B", "C");

    assertThat(settings.withThreadCount(1).disabledOptimizers()).containsExactly("B", "C");
    assertThat(settings.withOptimization(OptimizationLevel.ALL).disabledOptimizers()).hasSize(2);
    assertThat(settings.withDisabledOptimizers().disabledOptimizers()).isEmpty();
    assertThat(SessionSettings.defaults().disabledOptimizers()).isEmpty();
  }

  @Test
  void withDisabledOptimizersThatAreNoNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionSettings.defaults().withDisabledOptimizers("A;B"))
        .withMessage("optimizers has \"A;B\", expected the name of one optimizer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionSettings.defaults().withDisabledOptimizers(""));
  }
}
