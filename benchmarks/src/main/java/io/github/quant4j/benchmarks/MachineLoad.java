/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What all processors of the machine have done, so that passes others disturbed can be told. */
final class MachineLoad {
  private static final Path STATISTICS = Path.of("/proc/stat");

  /** The unit of the kernel's counters on every current Linux. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int IDLE_COLUMN = 3;
  private static final int IO_WAIT_COLUMN = 4;
  private static final int STEAL_COLUMN = 7;

  private MachineLoad() {}

  /**
   * Returns the seconds the processors were busy since the machine started, all added up, to 10 ms;
   * 0 on systems other than Linux.
   */
  static double busySeconds() {
    try (Stream<String> lines = Files.lines(STATISTICS)) {
      String[] columns = lines.findFirst().orElse("cpu").split("\\s+", -1);
      double ticks = 0;
      for (int i = 0; i <= STEAL_COLUMN && i + 1 < columns.length; i++) {
        ticks += i == IDLE_COLUMN || i == IO_WAIT_COLUMN ? 0 : Long.parseLong(columns[i + 1]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }
}
