/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleFilesTest {

  private static final Tensor TENSOR = Tensor.ofFloats(Shape.of(3), 1f, 2f, 3f);

  private final Path folder;

  SampleFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void openOfArrayGivesBatchesOfTheInput() throws IOException {
    byte[] array = NpyBytes.of("<f4", TENSOR);
    Path unnamed = NpyBytes.write(folder.resolve("array"), array);
    Path named = NpyBytes.write(folder.resolve("a.NPY"), array);

    for (Path path : List.of(unnamed, named, folder)) {
      SampleFiles samples = SampleFiles.of(path);
      assertThat(samples.kind()).isEqualTo(SampleFiles.Kind.ARRAYS);
      try (CalibrationSource source = samples.inputNames(List.of("x")).batchSize(2).open()) {
        assertThat(source.next()).get().hasToString("{x=float[2]}");
      }
    }
  }

  @Test
  void openOfArchiveGivesItsArraysWhateverTheEnding() throws IOException {
    byte[] archive = NpyBytes.archive(Map.of("x.npy", NpyBytes.of("<f4", TENSOR)));
    SampleFiles samples = SampleFiles.of(NpyBytes.write(folder.resolve("samples.zip"), archive));

    try (CalibrationSource source = samples.inputNames(List.of("x", "y")).open()) {
      assertThat(source.next()).get().hasToString("{x=float[3]}");
    }
  }

  @Test
  void openOfTestDataGivesABatchPerSet() throws IOException {
    Path set = TestDataFolder.write(folder, 0, TENSOR);
    Files.writeString(folder.resolve("model.onnx"), "");

    for (Path path : List.of(folder, set)) {
      SampleFiles samples = SampleFiles.of(path).inputNames(List.of("x")).batchSize(1);
      assertThat(samples.kind()).isEqualTo(SampleFiles.Kind.TEST_DATA);
      try (CalibrationSource source = samples.open()) {
        assertThat(source.next()).get().hasToString("{x=float[3]}");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.JPG, ''",
    "b.jpeg, ''",
    "c.png, ''",
    "d.bmp, ''",
    "g.tiff, ''",
    "e, ffd8ffe0",
    "f, 89504e47"
  })
  void kindOfPicturesIsTold(String name, String start) throws IOException {
    Path picture = Files.write(folder.resolve(name), HexFormat.of().parseHex(start));
    SampleFiles samples = SampleFiles.of(picture);

    assertThat(samples.kind()).isEqualTo(SampleFiles.Kind.PICTURES);
    assertThatThrownBy(samples::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("samples '" + picture + "' are pictures, expected arrays");
  }

  @Test
  void kindOfFolderPassesOverOtherFiles() throws IOException {
    for (String name : List.of("a.png", "b.JPG", "labels.txt", "README", ".b.npy")) {
      Files.createFile(folder.resolve(name));
    }
    assertThat(SampleFiles.of(folder).kind()).isEqualTo(SampleFiles.Kind.PICTURES);
  }

  @Test
  void ofFolderWithoutSamplesCountsWhatIsThere() throws IOException {
    assertRefused(folder, "folder '" + folder + "' holds no samples (nothing), expected .npz or");
    for (String name : List.of("a.csv", "b.csv", "c.TXT", "README")) {
      Files.createFile(folder.resolve(name));
    }
    Files.createDirectories(folder.resolve("sub.png"));
    assertRefused(folder, "(2 .csv, 1 .txt, 1 folder, 1 without ending), expected .npz or .npy");
    for (int i = 0; i < 8; i++) {
      Files.createFile(folder.resolve("more." + i));
    }
    assertRefused(folder, "1 .4, 1 .5, 1 .6 and others), expected");
  }

  @Test
  void ofFolderWithSeveralFormsCountsThem() throws IOException {
    Files.createFile(folder.resolve("a.png"));
    Files.createFile(folder.resolve("labels.npy"));
    assertRefused(folder, "holds samples of several forms (1 .npy, 1 .png), expected");
    Files.delete(folder.resolve("labels.npy"));
    TestDataFolder.write(folder, 0, TENSOR);
    assertRefused(
        folder,
        "(1 .png, 1 test_data_set), expected .npz or .npy arrays, ONNX test data (test_data_set_0"
            + " or input_0.pb), or pictures (.jpg, .png, .bmp ...); keep each in a folder of its own");
  }

  @Test
  void ofOtherFileIsRefused() throws IOException {
    assertRefused(
        Files.writeString(folder.resolve("a.csv"), "1,2"), "a.csv' is no file of samples");
    assertThatThrownBy(() -> SampleFiles.of(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none: no such file, expected .npz or .npy arrays");
  }

  @Test
  void openOfUnnamedArrayForSeveralInputsIsRefused() throws IOException {
    Path array = NpyBytes.write(folder.resolve("a.npy"), NpyBytes.of("<f4", TENSOR));

    for (Path path : List.of(array, folder)) {
      SampleFiles samples = SampleFiles.of(path).inputNames(List.of("x", "y"));
      assertThatThrownBy(samples::open)
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "samples '%s' are arrays without names, but the model has the inputs [x, y]; expected"
                      .formatted(path)
                  + " a .npz with an array for each");
    }
  }

  @Test
  void batchSizeBelowOneIsRefused() throws IOException {
    SampleFiles samples = SampleFiles.of(Files.createFile(folder.resolve("a.npy")));

    assertThatIllegalArgumentException().isThrownBy(() -> samples.batchSize(0));
  }

  private static void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> SampleFiles.of(path))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining(message);
  }
}
