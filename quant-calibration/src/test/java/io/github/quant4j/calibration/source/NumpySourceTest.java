/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.calibration.TestFiles;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpySourceTest {

  private final Path folder;

  NumpySourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nextOfNpyGivesBatchesOfTheNamedInput() throws IOException {
    Path path = TestFiles.numpy("images.npy");
    try (NumpySource source = NumpySource.builder(path).inputName("x").batchSize(2).open()) {
      assertThat(source.sampleCount()).hasValue(3);
      assertThat(source.next()).get().hasToString("{x=float[2, 2, 2]}");
      TensorBatch last = source.next().orElseThrow();
      assertThat(last).hasToString("{x=float[1, 2, 2]}");
      assertThat(last.tensor("x").orElseThrow().floats().get(0)).isEqualTo(2f);
      assertThat(source.next()).isEmpty();
      assertThat(source.next()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void nextOfNpzGivesItsArraysByName(String name) throws IOException {
    try (NumpySource source = NumpySource.builder(TestFiles.numpy(name)).open()) {
      TensorBatch batch = source.next().orElseThrow();

      assertThat(batch).hasToString("{images=float[3, 2, 2], labels=int64[3]}");
      assertThat(batch.tensor("images").orElseThrow().floats().get(11)).isEqualTo(2.75f);
      assertThat(batch.tensor("labels").orElseThrow().longs().get(2)).isEqualTo(9);
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void nextOfFolderRunsOnAcrossSortedFiles() throws IOException {
    write("b.npy", 3f, 4f, 5f);
    write("a.npy", 0f, 1f, 2f);
    write("c.NPY", 6f);
    Files.writeString(folder.resolve("README.txt"), "not samples");
    try (NumpySource source = NumpySource.builder(folder).inputName("x").batchSize(2).open()) {
      assertThat(source.sampleCount()).hasValue(7);
      assertThat(sizes(source)).containsExactly(2L, 2L, 2L, 1L);
      source.rewind();
      assertThat(values(source)).containsExactly(0f, 1f, 2f, 3f, 4f, 5f, 6f);
    }
  }

  @Test
  void nextOfFolderOfArchivesRunsOn() throws IOException {
    writeArchive("1.npz", Map.of("x.npy", floats(0f, 1f)));
    writeArchive("2.npz", Map.of("x.npy", floats(2f)));
    try (NumpySource source = NumpySource.builder(folder).open()) {
      assertThat(values(source)).containsExactly(0f, 1f, 2f);
    }
  }

  @Test
  void nextPassesOverFilesWithoutSamples() throws IOException {
    write("a.npy");
    write("b.npy", 1f);
    write("c.npy");
    write("d.npy", 2f);
    try (NumpySource source = NumpySource.builder(folder).inputName("x").open()) {
      assertThat(values(source)).containsExactly(1f, 2f);
    }
  }

  @Test
  void nextOfNoSampleIsEmpty() throws IOException {
    try (NumpySource source = NumpySource.builder(write("empty.npy")).inputName("x").open()) {
      assertThat(source.sampleCount()).hasValue(0);
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void nextStopsAtTheSampleLimit() throws IOException {
    write("a.npy", 0f, 1f, 2f);
    write("b.npy", 3f, 4f);
    try (NumpySource source =
        NumpySource.builder(folder).inputName("x").batchSize(3).sampleLimit(4).open()) {
      assertThat(source.sampleCount()).hasValue(4);
      assertThat(values(source)).containsExactly(0f, 1f, 2f, 3f);
    }
  }

  @Test
  void nextInBatchesOf32UnlessSet() throws IOException {
    try (NumpySource source =
        NumpySource.builder(write("a.npy", new float[33])).inputName("x").open()) {
      assertThat(sizes(source)).containsExactly(32L, 1L);
    }
  }

  @Test
  void nextGivesBuffersThatLaterBatchesLeaveAlone() throws IOException {
    try (NumpySource source =
        NumpySource.builder(write("a.npy", 1f, 2f)).inputName("x").batchSize(1).open()) {
      TensorBatch first = source.next().orElseThrow();
      source.next();

      assertThat(first.tensor("x").orElseThrow().floats().get(0)).isEqualTo(1f);
    }
  }

  @Test
  void nextSwapsBigEndianSamples() throws IOException {
    byte[] data = {0x3f, (byte) 0x80, 0, 0, 0x40, 0, 0, 0};
    Path path =
        NpyBytes.write(
            folder.resolve("big.npy"), NpyBytes.of(1, NpyBytes.header(">f4", false, 2), data));
    try (NumpySource source = NumpySource.builder(path).inputName("x").batchSize(1).open()) {
      assertThat(values(source)).containsExactly(1f, 2f);
    }
  }

  @Test
  void nextInAnyBatchSizeGivesAllSamplesInOrder() throws IOException {
    List<Float> expected = new ArrayList<>();
    Random random = new Random(3);
    for (int file = 0; file < 5; file++) {
      float[] values = new float[random.nextInt(40_000)]; // more than one read each
      for (int i = 0; i < values.length; i++) {
        values[i] = expected.size();
        expected.add(values[i]);
      }
      writeArchive(file + ".npz", Map.of("x.npy", floats(values)));
    }
    for (int batchSize : new int[] {1_000, 7_777, 50_000, 1 << 29}) {
      try (NumpySource source = NumpySource.builder(folder).batchSize(batchSize).open()) {
        assertThat(values(source)).as("batch size %d", batchSize).isEqualTo(expected);
      }
    }
  }

  @Test
  void rewindStartsOverWithinAFileAndAtTheEnd() throws IOException {
    try (NumpySource source =
        NumpySource.builder(write("a.npy", 1f, 2f, 3f)).inputName("x").batchSize(1).open()) {
      source.next();
      source.rewind();
      assertThat(source.isRewindable()).isTrue();
      assertThat(values(source)).containsExactly(1f, 2f, 3f);
      source.rewind();
      assertThat(values(source)).containsExactly(1f, 2f, 3f);
    }
  }

  @Test
  void closedSourceIsRefused() throws IOException {
    NumpySource source =
        NumpySource.builder(write("a.npy", 1f, 2f)).inputName("x").batchSize(1).open();
    source.next();
    source.close();
    source.close();

    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
    assertThatIllegalStateException().isThrownBy(source::rewind);
  }

  @Test
  void builderWithoutSamplesPerBatchIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpySource.builder(folder).batchSize(0))
        .withMessage("batchSize is 0, expected 1 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NumpySource.builder(folder).sampleLimit(0))
        .withMessage("sampleLimit is 0, expected 1 or more");
  }

  private Path write(String name, float... values) throws IOException {
    return NpyBytes.write(folder.resolve(name), floats(values));
  }

  private void writeArchive(String name, Map<String, byte[]> entries) throws IOException {
    NpyBytes.write(folder.resolve(name), NpyBytes.archive(new LinkedHashMap<>(entries)));
  }

  private static byte[] floats(float... values) {
    return NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(values.length), values));
  }

  private static List<Long> sizes(NumpySource source) throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (Optional<TensorBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
      sizes.add(batch.get().sampleCount());
    }
    return sizes;
  }

  private static List<Float> values(NumpySource source) throws IOException {
    List<Float> values = new ArrayList<>();
    for (Optional<TensorBatch> batch = source.next(); batch.isPresent(); batch = source.next()) {
      Tensor tensor = batch.get().tensor("x").orElseThrow();
      for (int i = 0; i < batch.get().sampleCount(); i++) {
        values.add(tensor.floats().get(i));
      }
    }
    return values;
  }
}
