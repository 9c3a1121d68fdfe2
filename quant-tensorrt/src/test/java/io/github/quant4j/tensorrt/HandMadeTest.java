/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandMadeTest {

  @ParameterizedTest
  @ValueSource(strings = {"linux-x86_64", "linux-arm64"})
  void make_linux_isMade(String platform) {
    assertThat(HandMade.make(new HostPlatform(platform), "output 'y'", () -> "made"))
        .isEqualTo("made");
  }

  @Test
  void make_otherAbi_saysWhatNeedsIt() {
    assertThatExceptionOfType(TensorRtException.class)
        .isThrownBy(() -> HandMade.make(new HostPlatform("windows-x86_64"), "output 'y'", () -> 1))
        .withMessage(
            "output 'y' is not supported on windows-x86_64, expected linux-x86_64 or linux-arm64");
  }

  @Test
  void make_withoutJna_saysHowToGetIt() {
    NoClassDefFoundError missing = new NoClassDefFoundError("com/sun/jna/Callback\nmore");

    assertThatExceptionOfType(TensorRtException.class)
        .isThrownBy(
            () ->
                HandMade.make(
                    new HostPlatform("linux-x86_64"),
                    "output 'y'",
                    () -> {
                      throw missing;
                    }))
        .withMessage(
            "output 'y' needs JNA, which failed: java.lang.NoClassDefFoundError:"
                + " com/sun/jna/Callback; put its jar on the class path, and name a folder from"
                + " which libraries can be loaded with -Djna.tmpdir")
        .withCause(missing);
  }
}
