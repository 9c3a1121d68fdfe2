/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * The file in which builds keep what they measured.
 *
 * @param path the file
 */
record TimingCacheFile(Path path) {

  /** Far more than thousands of builds fill. */
  private static final long MOST_BYTES = 1L << 30;

  /** Far longer than it takes to write such a file. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final Object THREADS = new Object();
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** The folder that was chosen, or that in which programs of this user keep such files. */
  static Path cacheFolder(Map<String, String> environment, Properties system) {
    String named = system.getProperty(EngineBuilder.CACHE_FOLDER_PROPERTY, "");
    return named.isEmpty() ? userFolder(environment, system) : Path.of(named);
  }

  private static Path userFolder(Map<String, String> environment, Properties system) {
    String home = system.getProperty("user.home", ".");
    String chosen;
    if (system.getProperty("os.name", "").startsWith("Windows")) {
      chosen = environment.getOrDefault("LOCALAPPDATA", home);
    } else {
      chosen = environment.getOrDefault("XDG_CACHE_HOME", "");
      if (chosen.isEmpty()) {
        chosen = Path.of(home, ".cache").toString();
      }
    }
    return Path.of(chosen, "quant4j");
  }

  /** The file of one GPU and one TensorRT: nothing measured on another one counts. */
  static Path defaultPath(Path cacheFolder, String gpu, TensorRtVersion version) {
    String name = gpu.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return cacheFolder.resolve("timing-%s-%s.cache".formatted(name, version));
  }

  /** What is there; empty when there is no file. */
  byte[] read() throws IOException {
    if (!Files.exists(path)) {
      return new byte[0];
    }
    long size = Files.size(path);
    if (size > MOST_BYTES) {
      throw new IOException(
          "timing cache '%s' has %s bytes, expected at most %s".formatted(path, size, MOST_BYTES));
    }
    return Files.readAllBytes(path);
  }

  /**
   * Replaces the file at once by what follows from its content, while no other build does: builds
   * of other threads and processes wait. They are told by a lock on a file beside that stays, since
   * a lock on the file itself would be gone with the old file.
   *
   * @param change gives the new content for that of the file, empty where there is none
   * @throws IOException if the file cannot be read, written or locked, or is locked for too long
   */
  void update(UnaryOperator<byte[]> change) throws IOException {
    Path target = path.toAbsolutePath();
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path beside = target.resolveSibling(target.getFileName() + ".lock");
    // POSIX drops all locks of a process on a file when the process closes any channel on it.
    synchronized (THREADS) {
      try (FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock(channel, beside);
        byte[] bytes = change.apply(read());
        AtomicFile.write(path, out -> out.write(bytes));
      }
    }
  }

  /** Takes the lock, which the close of the channel gives back. */
  private static void lock(FileChannel channel, Path file) throws IOException {
    long startNanos = System.nanoTime();
    while (!tryLock(channel)) {
      if (System.nanoTime() - startNanos > MOST_NANOS) {
        throw new IOException("file '%s' is locked by another build".formatted(file));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // This class in another class loader has it.
      return false;
    }
  }
}
