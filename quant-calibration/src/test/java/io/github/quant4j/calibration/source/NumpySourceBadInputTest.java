/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpySourceBadInputTest {

  private static final byte[] TWO = NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(2), 1f, 2f));
  private static final byte[] THREE = NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(3), 1f, 2f, 3f));

  private final Path folder;

  NumpySourceBadInputTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void openOfMissingFileNamesIt() {
    Path missing = folder.resolve("missing.npz");

    assertThatThrownBy(() -> open(missing))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(missing + ": no such file, expected a .npy or .npz file or a folder of them");
  }

  @Test
  void openOfEmptyFileIsRefused() throws IOException {
    assertRefused(write("a.npy", new byte[0]), "a.npy' is empty");
  }

  @Test
  void openOfFolderWithoutArraysIsRefused() {
    assertRefused(folder, "folder '" + folder + "' holds no .npy or .npz file");
  }

  @Test
  void openOfNpyWithoutInputNameIsRefused() throws IOException {
    Path path = write("a.npy", TWO);

    assertThatThrownBy(() -> NumpySource.builder(path).open())
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "file '" + path + "' holds one array without a name, expected the name of its input");
  }

  @Test
  void openOfScalarIsRefused() throws IOException {
    Path path = write("a.npy", NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(), 1f)));

    assertRefused(path, "a.npy' is a scalar, expected a first axis of samples");
  }

  @Test
  void openOfTruncatedArrayIsRefused() throws IOException {
    assertRefused(
        write("a.npy", Arrays.copyOf(TWO, TWO.length - 4)),
        "holds 4 bytes of elements, expected 8 for float[2]");
  }

  @Test
  void openOfDifferentSampleCountsIsRefused() throws IOException {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("x.npy", TWO);
    arrays.put("y.npy", THREE);

    assertRefused(
        write("a.npz", NpyBytes.archive(arrays)),
        "a.npz' holds arrays of different sample counts (x [2], y [3])");
  }

  @Test
  void openOfBadArrayInArchiveNamesArrayAndFile() throws IOException {
    Path path =
        write(
            "a.npz",
            NpyBytes.archive(
                Map.of("x.npy", NpyBytes.of(1, NpyBytes.header("<f4", true, 1, 1), new byte[4]))));

    assertRefused(path, "array 'x' of file '" + path + "' is in Fortran order");
  }

  @Test
  void openOfArchiveWithOtherFileIsRefused() throws IOException {
    assertRefused(
        write("a.npz", NpyBytes.archive(Map.of("notes.txt", new byte[] {'h', 'e', 'l', 'l', 'o'}))),
        "array 'notes.txt' of file");
  }

  @Test
  void openOfEmptyArchiveIsRefused() throws IOException {
    assertRefused(write("a.npz", NpyBytes.archive(Map.of())), "a.npz' holds no array");
  }

  @Test
  void openOfEveryTruncatedArchiveIsRefused() throws IOException {
    byte[] whole = NpyBytes.archive(Map.of("x.npy", TWO));
    for (int length = 0; length < whole.length; length++) {
      Path path = write("a.npz", Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> open(path))
          .as("length %d", length)
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("a.npz");
    }
  }

  @Test
  void readOfDamagedArchiveFailsOnlyInOurOwnWords() throws IOException {
    byte[] whole = NpyBytes.archive(Map.of("x.npy", NpyBytes.of("<f4", randomFloats(64))));
    int refused = 0;
    for (int at = 2; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      Path path = write("a.npz", damaged);
      try (NumpySource source = open(path)) {
        source.next();
      } catch (CalibrationException e) {
        assertThat(e).as("byte %d", at).hasMessageContaining("a.npz");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void openOfFilesWithOtherSamplesIsRefused() throws IOException {
    write("a.npy", TWO);
    write("b.npy", NpyBytes.of("<f4", Tensor.ofFloats(Shape.of(1, 2), 1f, 2f)));

    assertRefused(
        folder,
        "b.npy' has samples of float[2], expected float[] as in file '" + folder.resolve("a.npy"));
  }

  @Test
  void openOfFilesWithOtherTypesIsRefused() throws IOException {
    write("a.npy", TWO);
    write("b.npy", NpyBytes.of("<i4", Tensor.ofInts(Shape.of(1), 1)));

    assertRefused(folder, "b.npy' has samples of int32[], expected float[]");
  }

  @Test
  void openOfFilesWithOtherNamesIsRefused() throws IOException {
    write("a.npz", NpyBytes.archive(Map.of("x.npy", TWO)));
    write("b.npz", NpyBytes.archive(Map.of("y.npy", TWO)));

    assertRefused(folder, "b.npz' holds arrays [y], expected [x] as in file '");
  }

  @Test
  void openOfBatchBeyondMemoryIsRefused() throws IOException {
    Path path = writeSparse("a.npy", 3, 1 << 30);

    assertThatThrownBy(() -> NumpySource.builder(path).inputName("x").open())
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "array 'x' of file '"
                + path
                + "' has samples of 1073741824 bytes, expected at most 2^31 - 1 in a batch of 3; "
                + "use a smaller batch size");
    assertThatThrownBy(() -> NpyFile.read(path))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining("holds 3221225472 bytes of elements, expected at most 2^31 - 1");
    open(path).close();
  }

  @Test
  void nextOfNoSampleOfImpossibleSizeIsEmpty() throws IOException {
    String header = NpyBytes.header("<f4", false, 0, Long.MAX_VALUE, 4);
    try (NumpySource source = open(write("a.npy", NpyBytes.of(1, header, new byte[0])))) {
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void nextOfFileThatShrankIsRefused() throws IOException {
    write("a.npy", TWO);
    Path last = write("b.npy", THREE);
    try (NumpySource source = open(folder)) {
      write("b.npy", TWO);

      assertThatThrownBy(() -> readAll(source))
          .isInstanceOf(CalibrationException.class)
          .hasMessage("file '" + last + "' has fewer samples than when it was opened");
    }
  }

  @Test
  void nextOfFileThatIsCutWhileReadIsRefused() throws IOException {
    Path path = write("a.npy", NpyBytes.of("<f4", randomFloats(100_000)));
    try (NumpySource source = open(path)) {
      source.next();
      Files.write(path, new byte[10]);

      assertThatThrownBy(() -> readAll(source))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("a.npy' cannot be read to its end (end of file)");
    }
  }

  private static void readAll(NumpySource source) throws IOException {
    boolean isLeft = true;
    while (isLeft) {
      isLeft = source.next().isPresent();
    }
  }

  private static Tensor randomFloats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(i * 12.9898);
    }
    return Tensor.ofFloats(Shape.of(count), values);
  }

  private static NumpySource open(Path path) throws IOException {
    return NumpySource.builder(path).inputName("x").batchSize(1).open();
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return NpyBytes.write(folder.resolve(name), bytes);
  }

  /** Writes an array of bytes that are all zero and take no room on the disk. */
  private Path writeSparse(String name, long... shape) throws IOException {
    byte[] header = NpyBytes.of(1, NpyBytes.header("|u1", false, shape), new byte[0]);
    Path path = write(name, header);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(header.length + Shape.of(shape).elementCount());
    }
    return path;
  }

  private static void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> open(path))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
