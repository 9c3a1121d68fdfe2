/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingCacheFileTest {

  private static final int UPDATES = 20;

  @Test
  void update_inFolderThatIsNotThere_isReadBackAndLeavesTheLockBeside(@TempDir Path folder)
      throws IOException {
    TimingCacheFile file = new TimingCacheFile(folder.resolve("a/b/t.cache"));
    assertThat(file.read()).isEmpty();

    file.update(present -> new byte[] {1, 2});
    file.update(present -> new byte[] {3, present[1]});

    assertThat(file.read()).containsExactly(3, 2);
    assertThat(folder.resolve("a/b").toFile().list())
        .containsExactlyInAnyOrder("t.cache", "t.cache.lock");
  }

  @Test
  void update_twoProcessesAndTwoThreadsAtOnce_losesNothing(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("t.cache");
    List<Process> processes = List.of(start(file), start(file));
    List<Thread> threads =
        Stream.generate(() -> new Thread(() -> appendAll(file))).limit(2).toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(Files.size(file)).isEqualTo(4 * UPDATES);
  }

  @Test
  void update_lockedByOtherCodeOfThisJvm_waitsForIt(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("t.cache");
    Thread writer = new Thread(() -> appendAll(file));
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("t.cache.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      writer.start();
      writer.join(60);
      assertThat(held.isValid()).isTrue();
      assertThat(file).doesNotExist();
    }
    writer.join();

    assertThat(Files.size(file)).isEqualTo(UPDATES);
  }

  @Test
  void update_changeThatFails_leavesTheFileAndTheLockFree(@TempDir Path folder) throws IOException {
    TimingCacheFile file = new TimingCacheFile(folder.resolve("t.cache"));
    file.update(present -> new byte[] {1});

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                file.update(
                    present -> {
                      throw new IllegalStateException("no");
                    }));

    assertThat(file.read()).containsExactly(1);
    file.update(present -> new byte[] {2});
    assertThat(file.read()).containsExactly(2);
  }

  @Test
  void cacheFolder_namedByTheProperty_isThat() {
    Properties properties = new Properties();
    properties.setProperty("quant4j.cache.folder", "/chosen");

    assertThat(TimingCacheFile.cacheFolder(Map.of("XDG_CACHE_HOME", "/cache"), properties))
        .isEqualTo(Path.of("/chosen"));
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

  private static Process start(Path file) throws IOException {
    return JavaProcess.of(Appender.class, file.toString()).inheritIO().start();
  }

  private static void appendAll(Path file) {
    for (int update = 0; update < UPDATES; update++) {
      try {
        new TimingCacheFile(file).update(present -> Arrays.copyOf(present, present.length + 1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Another process that updates the file. */
  static final class Appender {
    private Appender() {}

    public static void main(String[] arguments) {
      appendAll(Path.of(arguments[0]));
    }
  }
}
