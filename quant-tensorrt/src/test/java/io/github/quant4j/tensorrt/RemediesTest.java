/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemediesTest {

  private static final PresetCoordinates PRESETS_10_6 =
      new PresetCoordinates("10.6-1.5.11", "12.6-9.5-1.5.11", "1.5.11");
  private static final PresetCoordinates PRESETS_10_15 =
      new PresetCoordinates("10.15-1.5.13", "13.1-9.19-1.5.13", "1.5.13");
  private static final HostPlatform LINUX = new HostPlatform("linux-x86_64");

  @ParameterizedTest
  @EnumSource(MissingPiece.class)
  void everyPiece_remedyIsOneLineWithoutPeriod(MissingPiece piece) {
    String remedy = new Remedies(PRESETS_10_6, LINUX).of(piece);

    assertThat(remedy).isNotBlank().doesNotContain("\n", "%", "  ").doesNotEndWith(".");
  }

  @Test
  void presets_onLinux_namesGlueJarsAndBundle() {
    assertThat(new Remedies(PRESETS_10_6, LINUX).of(MissingPiece.PRESETS))
        .contains(
            "'org.bytedeco:javacpp:1.5.11:linux-x86_64'",
            "'org.bytedeco:cuda:12.6-9.5-1.5.11:linux-x86_64'",
            "'org.bytedeco:tensorrt:10.6-1.5.11:linux-x86_64'",
            "'org.bytedeco:cuda:12.6-9.5-1.5.11:linux-x86_64-redist'",
            "'org.bytedeco:tensorrt:10.6-1.5.11:linux-x86_64-redist'",
            "'tensorrt-bundled'");
  }

  @Test
  void presets_onWindows_namesGlueJarsOnly() {
    assertThat(
            new Remedies(PRESETS_10_6, new HostPlatform("windows-x86_64")).of(MissingPiece.PRESETS))
        .contains("'org.bytedeco:tensorrt:10.6-1.5.11:windows-x86_64'")
        .doesNotContain("redist", "tensorrt-bundled");
  }

  @Test
  void tensorRt_presetsWithoutWholeBundle_asksForInstallation() {
    assertThat(new Remedies(PRESETS_10_15, LINUX).of(MissingPiece.TENSORRT))
        .startsWith("install TensorRT 10.15 with all of its libraries; ")
        .doesNotContain("redist");
  }

  @Test
  void tensorRt_presetsWithBundle_offersTheJar() {
    assertThat(new Remedies(PRESETS_10_6, LINUX).of(MissingPiece.TENSORRT))
        .contains(
            "or add the runtime dependency 'org.bytedeco:tensorrt:10.6-1.5.11:linux-x86_64-redist'");
  }
}
