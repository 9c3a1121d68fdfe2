/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PresetLibrariesTest {

  private final PresetLibraries libraries = new PresetLibraries();

  @Test
  void load_classAbsent_failsAsTheJvmDoesForCompiledCode() {
    assertThatThrownBy(() -> libraries.load("org.bytedeco.absent"))
        .isInstanceOf(NoClassDefFoundError.class)
        .hasMessage("org.bytedeco.absent")
        .hasCauseInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void presetVersion_needsNoNativeCode() {
    assertThat(libraries.presetVersion().major()).isEqualTo(10);
  }
}
