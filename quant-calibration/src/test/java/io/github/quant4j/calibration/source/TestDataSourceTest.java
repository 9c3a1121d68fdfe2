/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDataSourceTest {

  private static final Tensor ONE = Tensor.ofFloats(Shape.of(1), 1f);
  private static final Tensor TWO = Tensor.ofFloats(Shape.of(2), 2f, 3f);
  private static final Tensor THREE = Tensor.ofFloats(Shape.of(3), 4f, 5f, 6f);

  private final Path folder;

  TestDataSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nextGivesABatchPerSetInTheOrderOfNumbers() throws IOException {
    TestDataFolder.write(folder, 10, THREE);
    TestDataFolder.write(folder, 2, TWO);
    TestDataFolder.write(folder, 0, ONE);
    Files.writeString(folder.resolve("model.onnx"), "");
    try (TestDataSource source = open(folder, "x")) {
      assertThat(source.sampleCount()).hasValue(6);
      assertThat(values(source)).containsExactly("1.0", "2.0 3.0", "4.0 5.0 6.0");
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void nextOfOneSetGivesItsInputsInTheOrderOfNumbers() throws IOException {
    Tensor[] inputs = new Tensor[11];
    Arrays.fill(inputs, ONE);
    inputs[10] = Tensor.ofLongs(Shape.of(1, 1), 7);
    Path set = TestDataFolder.write(folder, 0, inputs);
    Files.writeString(set.resolve("output_0.pb"), "not read");
    try (TestDataSource source =
        open(set, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "last")) {
      TensorBatch batch = source.next().orElseThrow();

      assertThat(batch.names()).endsWith("i", "j", "last").hasSize(11);
      assertThat(batch.tensor("last").orElseThrow().longs().get(0)).isEqualTo(7);
    }
  }

  @Test
  void nextNamesInputsByTheirTensorsAndElseByPosition() throws IOException {
    TestDataFolder.tensor(folder.resolve("input_0.pb"), "b", ONE);
    TestDataFolder.tensor(folder.resolve("input_2.pb"), "other", ONE);
    try (TestDataSource source = open(folder, "a", "b", "c")) {
      assertThat(source.next()).get().hasToString("{b=float[1], c=float[1]}");
    }
    try (TestDataSource source = open(folder)) {
      assertThat(source.next()).get().hasToString("{b=float[1], other=float[1]}");
    }
  }

  @Test
  void rewindStartsOver() throws IOException {
    TestDataFolder.write(folder, 0, ONE);
    TestDataFolder.write(folder, 1, TWO);
    try (TestDataSource source = open(folder, "x")) {
      source.next();
      source.rewind();

      assertThat(source.isRewindable()).isTrue();
      assertThat(values(source)).containsExactly("1.0", "2.0 3.0");
    }
  }

  @Test
  void skipPassesOverWholeSetsOnly() throws IOException {
    Path first = TestDataFolder.write(folder, 0, ONE);
    TestDataFolder.write(folder, 1, TWO);
    TestDataFolder.write(folder, 2, THREE);
    try (TestDataSource source = open(folder, "x")) {
      Files.delete(first.resolve("input_0.pb")); // it is not opened
      assertThat(source.skip(0)).isZero();
      assertThat(source.skip(4)).isEqualTo(3);
      assertThat(source.next()).isPresent();
      assertThat(source.skip(1)).isZero();
      assertThatIllegalArgumentException().isThrownBy(() -> source.skip(-1));
    }
  }

  @Test
  void closedSourceIsRefused() throws IOException {
    TestDataFolder.write(folder, 0, ONE);
    TestDataSource source = open(folder, "x");
    source.close();

    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
    assertThatIllegalStateException().isThrownBy(source::rewind);
    assertThatIllegalStateException().isThrownBy(() -> source.skip(1));
  }

  @Test
  void openOfOtherPathIsRefused() throws IOException {
    assertThatThrownBy(() -> open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageEndingWith("none: no such folder, expected one of ONNX test data");
    assertRefused(
        Files.createFile(folder.resolve("x")), "x' is no folder, expected one of ONNX test data");
    assertRefused(folder, "holds no ONNX test data, expected test_data_set_0 or input_0.pb");
    TestDataFolder.write(folder, 3);
    assertRefused(folder, "test_data_set_3' holds no input_0.pb, expected a file per input");
    TestDataFolder.tensor(folder.resolve("input_0.pb"), "x", ONE);
    assertRefused(folder, "holds input_N.pb and test_data_set_N, expected one of them");
  }

  @Test
  void openOfScalarOrOtherFirstAxisNamesFilesAndShapes() throws IOException {
    Path set = TestDataFolder.write(folder, 0, ONE, TWO);
    assertRefused(
        folder,
        "folder '"
            + set
            + "' holds input_0.pb a float[1], input_1.pb b float[2], expected the"
            + " same first axis of samples in all",
        "a",
        "b");
    TestDataFolder.write(folder, 0, ONE, Tensor.ofFloats(Shape.of(), 1f));
    assertRefused(folder, "input_1.pb b float[], expected the same first axis", "a", "b");
  }

  @Test
  void openOfTensorForNoInputOrTheSameInputIsRefused() throws IOException {
    Path set = TestDataFolder.write(folder, 0, ONE, ONE);
    assertRefused(folder, "input_0.pb' holds a tensor without a name, expected that of its input");
    assertRefused(folder, "input_1.pb' holds tensor '', expected one of the 1 inputs [a]", "a");
    TestDataFolder.tensor(set.resolve("input_1.pb"), "a", ONE);
    assertRefused(
        folder,
        "input_1.pb' is for input 'a' as file 'input_0.pb' is, expected one per input",
        "a",
        "b");
  }

  @Test
  void openOfSetWithOtherInputsIsRefused() throws IOException {
    Path first = TestDataFolder.write(folder, 0, ONE, ONE);
    Path second = TestDataFolder.write(folder, 1, ONE);

    assertRefused(
        folder,
        "folder '%s' holds inputs [a], expected [a, b] as in folder '%s'".formatted(second, first),
        "a",
        "b");
  }

  @Test
  void nextOfSetThatChangedIsRefused() throws IOException {
    TestDataFolder.write(folder, 0, ONE);
    try (TestDataSource source = open(folder, "x")) {
      TestDataFolder.write(folder, 0, TWO);

      assertThatThrownBy(source::next)
          .isInstanceOf(CalibrationException.class)
          .hasMessageEndingWith("holds 2 samples of [x], expected 1 of [x] as when it was opened");
    }
  }

  private static TestDataSource open(Path path, String... inputNames) throws IOException {
    return TestDataSource.builder(path).inputNames(List.of(inputNames)).open();
  }

  private static void assertRefused(Path path, String message, String... inputNames) {
    assertThatThrownBy(() -> open(path, inputNames))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(path.toString());
  }

  private static List<String> values(TestDataSource source) throws IOException {
    List<String> values = new ArrayList<>();
    for (Optional<TensorBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
      Tensor tensor = batch.get().tensor("x").orElseThrow();
      List<String> line = new ArrayList<>();
      for (int i = 0; i < batch.get().sampleCount(); i++) {
        line.add(Float.toString(tensor.floats().get(i)));
      }
      values.add(String.join(" ", line));
    }
    return values;
  }
}
