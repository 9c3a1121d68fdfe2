/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationCacheFileTest {

  private static final byte[] CACHE = bytes("TRT-100600-EntropyCalibration2\nx: 3c010204\n");

  private final Path folder;
  private final CalibrationCacheFile file;

  CalibrationCacheFileTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = file("sha256:1");
  }

  @Test
  void read_noFile_isEmpty() throws IOException {
    assertThat(file.read()).isEmpty();
  }

  @Test
  void read_whatWasWritten_isTheSameWithTheDigestBeside() throws IOException {
    file.write(CACHE);

    assertThat(file.read()).isEqualTo(CACHE);
    assertThat(folder.resolve("a.cache.model")).hasContent("sha256:1");
  }

  @Test
  void read_cacheOfAnotherModel_isRefusedWithWhatToDo() {
    file("sha256:2").write(CACHE);

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(file::read)
        .withMessageContaining("is of model sha256:2, expected sha256:1; delete it");
  }

  @Test
  void read_cacheOfAnotherCalibrator_isRefused() throws IOException {
    Files.write(file.path(), bytes("TRT-100600-MinMaxCalibration\nx: 3c010204\n"));

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(file::read)
        .withMessageContaining(
            "is of MinMaxCalibration, expected EntropyCalibration2; name another file");
  }

  @ParameterizedTest
  @CsvSource({
    "TRT-100600-EntropyCalibration2, true",
    "TRT-100600-EntropyCalibration3, true",
    "TRT-100300-EntropyCalibration2, true",
    "TRT-101501-EntropyCalibration2, true",
    "TRT-110200-EntropyCalibration2, false",
    "TRT-8603-EntropyCalibration2, false"
  })
  void read_cacheOfAnotherProgram_isTakenWhenItsMajorVersionIs(String header, boolean isTaken)
      throws IOException {
    byte[] cache = bytes(header + "\nx: 3c010204\n");
    Files.write(file.path(), cache);

    assertThat(file.read()).isEqualTo(isTaken ? cache : new byte[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no cache", "TRT-100600-EntropyCalibration2\nx: 3c01"})
  void read_noCache_isRefused(String content) throws IOException {
    Files.writeString(file.path(), content);

    assertThatExceptionOfType(EngineCalibrationException.class)
        .isThrownBy(file::read)
        .withMessageContaining("is no calibration cache of TensorRT");
  }

  @Test
  void write_folderThatIsNotThere_letsTheBuildGoOn() {
    CalibrationCacheFile lost =
        new CalibrationCacheFile(
            folder.resolve("no/a.cache"), CalibrationAlgorithm.ENTROPY_2, 100600, "sha256:1");

    lost.write(CACHE);

    assertThat(folder).isEmptyDirectory();
  }

  private CalibrationCacheFile file(String digest) {
    return new CalibrationCacheFile(
        folder.resolve("a.cache"), CalibrationAlgorithm.ENTROPY_2, 100600, digest);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
