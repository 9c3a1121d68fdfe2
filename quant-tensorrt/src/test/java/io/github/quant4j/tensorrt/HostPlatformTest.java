/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64, true",
    "Linux, aarch64, linux-arm64, true",
    "Windows 11, amd64, windows-x86_64, true",
    "Windows Server 2022, aarch64, windows-arm64, false",
    "Mac OS X, x86_64, mac os x-x86_64, false",
    "Linux, s390x, linux-s390x, false"
  })
  void properties_nameThePlatformAsTheJarsDo(
      String os, String processor, String name, boolean presets) {
    Properties system = new Properties();
    system.setProperty("os.name", os);
    system.setProperty("os.arch", processor);

    HostPlatform host = HostPlatform.from(system);

    assertThat(host.name()).isEqualTo(name);
    assertThat(host.hasPresets()).isEqualTo(presets);
  }

  @Test
  void noProperties_isNotSupported() {
    assertThat(HostPlatform.from(new Properties()).hasPresets()).isFalse();
  }
}
