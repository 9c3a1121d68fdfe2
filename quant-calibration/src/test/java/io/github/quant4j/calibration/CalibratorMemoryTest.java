/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What calibration keeps of memory, the runtime's and direct memory included: nothing of a thousand
 * calibrators, nothing that grows with the number of samples.
 *
 * <p>Measured in a JVM and a C library that neither grow nor hoard, where the resident memory moved
 * by less than 1 MB. One session in eight not closed shows as 32 MB, a handle of the runtime per
 * batch not closed as 5 MB.
 */
@EnabledOnOs(OS.LINUX)
class CalibratorMemoryTest {

  private static final long MOST_KILOBYTES = 3 << 10;

  private static final List<String> COMMAND =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xms64m",
          "-Xmx64m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          System.getProperty("java.class.path"),
          MemoryProgram.class.getName());

  /** Prints after every 200 of 1,000 runs, and after every 10,000 of 100,000 samples. */
  @ParameterizedTest
  @ValueSource(strings = {"runs", "samples"})
  void calibration_aThousandRunsOrAHundredThousandSamples_takesConstantMemory(
      String what, @TempDir Path folder) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(COMMAND)).redirectErrorStream(true);
    builder.command().add(what);
    builder.environment().putAll(Map.of("MALLOC_ARENA_MAX", "1", "MALLOC_TRIM_THRESHOLD_", "0"));
    int status = builder.redirectOutput(log.toFile()).start().waitFor();
    String output = Files.readString(log);

    assertThat(status).as(output).isZero();
    List<long[]> measured =
        output
            .lines()
            .filter(line -> line.matches("\\d+ \\d+"))
            .map(line -> Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray())
            .toList();
    assertThat(measured).as(output).hasSizeGreaterThanOrEqualTo(5);
    long[] first = measured.get(0);
    for (long[] later : measured) {
      assertThat(later[0] - first[0]).as("kB of heap\n%s", output).isLessThan(MOST_KILOBYTES);
      assertThat(later[1] - first[1]).as("kB resident\n%s", output).isLessThan(MOST_KILOBYTES);
    }
  }
}
