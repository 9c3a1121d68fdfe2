/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointFileTest {

  private final Path folder;

  CheckpointFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readGivesWhatWasWrittenAndWritesTheSameBytes() throws IOException {
    Path file = folder.resolve("state");
    for (long seed = 0; seed < 100; seed++) {
      CalibrationState state = RandomStates.next(new Random(seed));
      CheckpointFile.write(file, state);
      CalibrationState read = CheckpointFile.read(file);

      assertThat(read).as("seed %s", seed).isEqualTo(state);
      assertThat(bytes(read)).as("seed %s", seed).isEqualTo(Files.readAllBytes(file));
    }
  }

  @Test
  void writeIsAsDocumented() throws IOException, GeneralSecurityException {
    byte[] bytes = bytes(small());

    ByteBuffer expected = ByteBuffer.allocate(bytes.length);
    expected.put("Q4JCHECK".getBytes(StandardCharsets.US_ASCII)).putInt(1);
    expected.putInt(1).putChar('m').put((byte) 0).putLong(2).putLong(6);
    expected.putDouble(0.25).putInt(3).putInt(1);
    expected.putInt(1).putChar('x').put((byte) 0).put((byte) 1);
    expected.putFloat(-0f).putFloat(2.5f).put((byte) (0x80 | 300 % 128)).put((byte) (300 / 128));
    expected.put((byte) 2).put((byte) 0);
    byte[] content = Arrays.copyOf(expected.array(), expected.position());
    expected.put(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(expected.hasRemaining()).isFalse();
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void readWithAFlippedBitInAnyByteIsRefused() throws IOException {
    byte[] bytes = bytes(small());
    Path file = folder.resolve("flipped");
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << 5 * i % 8);
      Files.write(file, flipped);

      assertThatThrownBy(() -> CheckpointFile.read(file))
          .as("byte %s", i)
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("cannot resume from checkpoint '%s': ", file)
          .hasMessageEndingWith("; delete it to start over");
    }
  }

  @Test
  void readOfAnyTruncatedFileIsRefused() throws IOException {
    byte[] bytes = bytes(small());
    Path file = folder.resolve("truncated");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));

      assertThatThrownBy(() -> CheckpointFile.read(file))
          .as("length %s", length)
          .isInstanceOf(CalibrationException.class);
    }
  }

  @Test
  void readOfAnotherVersionNamesBoth() throws IOException {
    byte[] bytes = bytes(small());
    bytes[11] = 2;
    Path file = Files.write(folder.resolve("later"), bytes);

    assertThatThrownBy(() -> CheckpointFile.read(file))
        .hasMessage(
            "cannot resume from checkpoint '%s': its format has version 2, expected 1, so another "
                + "version of Quant4J wrote it; delete it to start over",
            file);
  }

  @Test
  void readOfAnotherFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "a text that is no checkpoint");
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .hasMessageContaining("it is no checkpoint of a calibration");

    byte[] longer = Arrays.copyOf(bytes(small()), bytes(small()).length + 1);
    assertThatThrownBy(() -> CheckpointFile.read(Files.write(file, longer)))
        .hasMessageContaining("it goes on after its end");
  }

  @Test
  void readOfAChangedValueTellsTheDigest() throws IOException {
    byte[] bytes = bytes(small());
    bytes[26] ^= 1; // of the number of batches
    Path file = Files.write(folder.resolve("changed"), bytes);

    assertThatThrownBy(() -> CheckpointFile.read(file))
        .hasMessageContaining("its content is not that of its SHA-256");
  }

  /** What no run writes, under a digest that fits it; the offsets are those of the test above. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          12 | 00010000 | length of a text is 65536, expected 0 to 65535
          12 | ffffffff | length of a text is -1, expected 0 to 65535
          18 | 02       | histograms is 2, expected 0 to 1
          18 | 01       | TensorState[nonFiniteCount=0, calibration=Optional[[-0.0, 2.5], seen]], \
          expected a histogram
          19 | ff       | state counts -72057594037927934 batches and 6 samples
          35 | bf       | threshold is -0.25, expected 0 to below 1
          43 | 00000000 | window is 0 batches, expected 1 to 1000
          43 | 000003e9 | window is 1001 batches, expected 1 to 1000
          57 | ffffffffffffffffff       | a count is above 2^63 - 1
          58 | 03                       | kind of tensor is 3, expected 0 to 2
          58 | 02000000003f800000ff7f   | bins is 16383, expected 0 to 4096
          59 | 7fc00000                 | range is [NaN, 2.5]
          70 | 05                       | ranges is 5, expected 0 to 4
          """)
  void readOfWhatNoRunWritesIsRefused(int offset, String hex, String message)
      throws IOException, GeneralSecurityException {
    byte[] bytes = bytes(small());
    byte[] changed = HexFormat.of().parseHex(hex);
    System.arraycopy(changed, 0, bytes, offset, changed.length);
    byte[] content = Arrays.copyOf(bytes, bytes.length - 32);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
    System.arraycopy(digest, 0, bytes, content.length, 32);
    Path file = Files.write(folder.resolve("foreign"), bytes);

    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("cannot resume from checkpoint '%s': %s", file, message);
  }

  @Test
  void readOfAMissingFileIsAnIOException() {
    assertThatThrownBy(() -> CheckpointFile.read(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void writeIntoAMissingFolderNamesTheCheckpoint() {
    Path file = folder.resolve("none/state");
    assertThatThrownBy(() -> CheckpointFile.write(file, small()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot write checkpoint '%s': ", file);
  }

  /** The limit on the size of a file ends the write in the middle, as a full disk does. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no limit on the size of a file")
  void writeThatTheSystemEndsInTheMiddleLeavesTheCheckpointBefore()
      throws IOException, InterruptedException {
    Path file = folder.resolve("state");
    CheckpointFile.write(file, small());

    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 8 && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                CheckpointProgram.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isEqualTo(3);
    assertThat(printed).startsWith("cannot write checkpoint '" + file + "': ");
    assertThat(CheckpointFile.read(file)).isEqualTo(small());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private byte[] bytes(CalibrationState state) throws IOException {
    Path file = folder.resolve("bytes");
    CheckpointFile.write(file, state);
    return Files.readAllBytes(file);
  }

  private static CalibrationState small() {
    TensorStatistics statistics = new TensorStatistics(-0f, 2.5f, 300, 0);
    TreeMap<String, TensorState> tensors = new TreeMap<>();
    tensors.put("x", new TensorState(0, Optional.of(TensorCalibration.of(statistics))));
    TreeMap<String, RangeHistory> histories = new TreeMap<>();
    histories.put("x", new RangeHistory(List.of(), 2));
    return new CalibrationState(
        "m", false, 2, 6, tensors, new ConvergenceState(0.25, 3, histories));
  }
}
