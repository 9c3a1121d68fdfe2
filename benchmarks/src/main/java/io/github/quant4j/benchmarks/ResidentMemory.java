/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The memory that this process has resident, heap and native, as Linux counts it. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Sets the peak back to what is resident now (Linux, proc_pid_clear_refs(5)). */
  private static final String RESET_PEAK = "5";

  private ResidentMemory() {}

  /** Returns the bytes resident now, or nothing on another system. */
  static OptionalLong current() {
    return entry("VmRSS:");
  }

  /** Returns the most bytes resident since the start or the last reset. */
  static OptionalLong peak() {
    return entry("VmHWM:");
  }

  /** Makes the peak count from now on; returns whether the system could. */
  static boolean resetPeak() {
    try {
      Files.writeString(CLEAR, RESET_PEAK);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static OptionalLong entry(String key) {
    List<String> lines;
    try {
      lines = Files.readAllLines(STATUS);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }
}
