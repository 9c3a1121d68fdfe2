/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.tensorrt.TensorRtUnavailableException;
import java.util.Collections;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DevicePlacementTest {
  private static final DevicePlacement PLACEMENT =
      DevicePlacement.of(TinyNetwork.harmless().build());

  @Test
  void run_samplesThatAreReadOnce_areRefused() {
    CalibrationSource once = CalibrationSource.of(Collections.<TensorBatch>emptyIterator());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PLACEMENT.run(once))
        .withMessage("samples are read once, expected ones that can be rewound");
  }

  @Test
  @Tag("without-natives")
  void run_withoutTensorRt_saysWhatIsMissing() {
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(() -> PLACEMENT.run(TinyNetwork.samples(8, 4)));
  }
}
