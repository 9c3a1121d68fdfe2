/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PresetSeverityTest {

  @ParameterizedTest
  @EnumSource(ILogger.Severity.class)
  void valueOfThePresets_hasOurNameForIt(ILogger.Severity reported) {
    assertThat("k" + PresetSeverity.from(reported.value).name()).isEqualTo(reported.name());
  }

  @Test
  void unknownValue_isAWarning() {
    assertThat(PresetSeverity.from(99)).isEqualTo(Severity.WARNING);
  }
}
