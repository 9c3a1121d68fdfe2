/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that keep their tensors in a second file. */
class ExternalModelTest {
  private final Path folder;
  private final OnnxModel inMemory;
  private final OnnxModel external;

  ExternalModelTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.inMemory = TestSamples.model("mobilenet_fp32");
    Path file = folder.resolve("float.onnx");
    inMemory.write(file, ModelLayout.EXTERNAL_DATA);
    this.external = OnnxModel.read(file);
  }

  @Test
  void run_externalData_givesTheModelThatOneFileGives() throws IOException {
    List<Path> before = stagedFolders();

    QuantizedModel int8 = quantize(external);

    assertThat(int8.model().toByteArray()).isEqualTo(quantize(inMemory).model().toByteArray());
    assertThat(stagedFolders()).isEqualTo(before);
  }

  @Test
  void write_externalData_staysInTwoFiles() throws IOException {
    Path file = folder.resolve("int8.onnx");

    quantize(external).write(file);

    assertThat(folder.resolve("int8.onnx.data")).exists();
    assertThat(OnnxModel.read(file).hasExternalData()).isTrue();
  }

  @Test
  void verify_externalData_findsWhatOneFileGives() throws IOException {
    OnnxModel int8 = quantize(external).model();
    List<Path> before = stagedFolders();

    VerificationReport report = verify(external, int8);

    assertThat(report.worstOutputSqnr())
        .isEqualTo(verify(inMemory, quantize(inMemory).model()).worstOutputSqnr());
    assertThat(report.tensors()).isNotEmpty();
    assertThat(stagedFolders()).isEqualTo(before);
  }

  @Test
  void run_samplesThatDoNotFit_leavesNoTemporaryFolder() throws IOException {
    List<Path> before = stagedFolders();
    try (CalibrationSource none = CalibrationSource.of(List.of())) {
      assertThatThrownBy(() -> PostTrainingQuantization.of(external).run(none))
          .isInstanceOf(CalibrationException.class);
    }

    assertThat(stagedFolders()).isEqualTo(before);
  }

  private static QuantizedModel quantize(OnnxModel model) throws IOException {
    try (CalibrationSource samples = TestSamples.images(8, 8)) {
      return PostTrainingQuantization.of(model).threadCount(1).run(samples);
    }
  }

  private static VerificationReport verify(OnnxModel reference, OnnxModel quantized)
      throws IOException {
    try (CalibrationSource samples = TestSamples.images(8, 8)) {
      return Verification.of(reference, quantized).threadCount(1).run(samples);
    }
  }

  private static List<Path> stagedFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(StagedModel.PREFIX))
          .sorted()
          .toList();
    }
  }
}
