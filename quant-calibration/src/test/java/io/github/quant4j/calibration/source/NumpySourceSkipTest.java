/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.TestFiles;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpySourceSkipTest {

  private final Path folder;

  NumpySourceSkipTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void skipOfArchivePassesOverAllItsArrays(String name) throws IOException {
    try (NumpySource source = NumpySource.builder(TestFiles.numpy(name)).open()) {
      assertThat(source.skip(2)).isEqualTo(2);
      TensorBatch batch = source.next().orElseThrow();

      assertThat(batch.sampleCount()).isEqualTo(1);
      assertThat(batch.tensor("images").orElseThrow().floats().get(3)).isEqualTo(2.75f);
      assertThat(batch.tensor("labels").orElseThrow().longs().get(0)).isEqualTo(9);
    }
  }

  @Test
  void skipRunsOnAcrossFilesAndMixesWithReading() throws IOException {
    write("a.npy", 0f, 1f, 2f);
    write("b.npy");
    write("c.npy", 3f, 4f);
    write("d.npy", 5f, 6f, 7f);
    try (NumpySource source = NumpySource.builder(folder).inputName("x").batchSize(1).open()) {
      assertThat(first(source)).isEqualTo(0f);
      assertThat(source.skip(3)).isEqualTo(3);
      assertThat(first(source)).isEqualTo(4f);
      assertThat(source.skip(0)).isZero();
      assertThat(source.skip(99)).isEqualTo(3);
      assertThat(source.skip(1)).isZero();
      assertThat(source.next()).isEmpty();
      source.rewind();
      assertThat(source.skip(7)).isEqualTo(7);
      assertThat(first(source)).isEqualTo(7f);
    }
  }

  @Test
  void skipStopsAtTheSampleLimit() throws IOException {
    Path path = write("a.npy", 0f, 1f, 2f);
    try (NumpySource source = NumpySource.builder(path).inputName("x").sampleLimit(2).open()) {
      assertThat(source.skip(3)).isEqualTo(2);
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void skipOfHugeArraySeeks() throws IOException {
    long count = 5L << 30; // bytes; nobody could read them within the limit of a test
    Path path = folder.resolve("huge.npy");
    byte[] start = NpyBytes.of(1, NpyBytes.header("|u1", false, count), new byte[0]);
    NpyBytes.write(path, start);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(start.length + count); // sparse: the zeros take no space
      file.seek(start.length + count - 1);
      file.write(42);
    }
    try (NumpySource source = NumpySource.builder(path).inputName("x").open()) {
      assertThat(source.sampleCount()).hasValue(count);
      assertThat(source.skip(count - 1)).isEqualTo(count - 1);
      assertThat(source.next().orElseThrow().tensor("x").orElseThrow().bytes().get(0))
          .isEqualTo((byte) 42);
    }
  }

  @Test
  void skipOfFileThatShrankSinceIsRefused() throws IOException {
    Path path = write("a.npy", 0f, 1f, 2f);
    try (NumpySource source = NumpySource.builder(path).inputName("x").batchSize(1).open()) {
      source.next();
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(Files.size(path) - 6);
      }
      assertThatThrownBy(() -> source.skip(2))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("cannot be read to its end");
    }
  }

  @Test
  void skipOfNegativeCountOrClosedSourceIsRefused() throws IOException {
    NumpySource source = NumpySource.builder(write("a.npy", 0f)).inputName("x").open();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.skip(-1))
        .withMessage("sampleCount is -1, expected 0 or more");
    source.close();
    assertThatIllegalStateException().isThrownBy(() -> source.skip(1));
  }

  private Path write(String name, float... values) throws IOException {
    return NpyBytes.write(
        folder.resolve(name), NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(values.length), values)));
  }

  private static float first(NumpySource source) throws IOException {
    return source.next().orElseThrow().tensor("x").orElseThrow().floats().get(0);
  }
}
