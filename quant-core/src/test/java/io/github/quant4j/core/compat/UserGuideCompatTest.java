/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import org.junit.jupiter.api.Test;

/** Holds the example of the package description. */
class UserGuideCompatTest {

  @Test
  void compatExampleHolds() {
    PeerCalibrator calibrator = OnnxRuntimePercentileCalibrator.symmetric(99.9);
    calibrator.observe(new float[] {-1f, 0.25f, 3f});
    ValueRange range = calibrator.range(); // -1 to 2.9986572

    assertThat(range).isEqualTo(new ValueRange(-1f, (float) 2.9986572));
  }
}
