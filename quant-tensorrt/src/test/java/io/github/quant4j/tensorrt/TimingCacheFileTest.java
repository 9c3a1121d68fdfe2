/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingCacheFileTest {

  @Test
  void write_inFolderThatIsNotThere_isReadBackAndLeavesNothingElse(@TempDir Path folder)
      throws IOException {
    TimingCacheFile file = new TimingCacheFile(folder.resolve("a/b/t.cache"));
    assertThat(file.read()).isEmpty();

    file.write(new byte[] {1, 2});
    file.write(new byte[] {3});

    assertThat(file.read()).containsExactly(3);
    assertThat(folder.resolve("a/b")).isDirectoryContaining(file.path()::equals);
    assertThat(folder.resolve("a/b").toFile().list()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "Linux,      XDG_CACHE_HOME, /cache",
    "Linux,      OTHER,          /home/u/.cache",
    "Windows 11, LOCALAPPDATA,   /cache",
    "Windows 11, XDG_CACHE_HOME, /home/u",
  })
  void cacheFolder_isThatOfTheUser(String system, String variable, String expected) {
    Properties properties = new Properties();
    properties.setProperty("os.name", system);
    properties.setProperty("user.home", "/home/u");

    assertThat(TimingCacheFile.cacheFolder(Map.of(variable, "/cache"), properties))
        .isEqualTo(Path.of(expected, "quant4j"));
  }

  @Test
  void defaultPath_holdsGpuAndVersion() {
    assertThat(
            TimingCacheFile.defaultPath(
                Path.of("c"), "NVIDIA GeForce RTX 4090/x", new TensorRtVersion(10, 6, 0)))
        .isEqualTo(Path.of("c", "timing-nvidia-geforce-rtx-4090-x-10.6.0.cache"));
  }
}
