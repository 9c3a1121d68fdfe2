/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The file in which builds keep what they measured.
 *
 * @param path the file
 */
record TimingCacheFile(Path path) {

  /** Far more than thousands of builds fill. */
  private static final long MOST_BYTES = 1L << 30;

  /** The folder in which programs of this user keep what can be made again. */
  static Path cacheFolder(Map<String, String> environment, Properties system) {
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

  /** Replaces the file at once. */
  void write(byte[] bytes) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    AtomicFile.write(path, out -> out.write(bytes));
  }
}
