/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledCalibrationTest {

  /** Kills two processes in turn, the second of which went on from the checkpoint of the first. */
  @Test
  @Timeout(60)
  void runKilledInTheMiddleEndsAsIfItHadNeverStopped(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path checkpoint = folder.resolve("checkpoint");
    long first = killAfter(1, checkpoint, folder.resolve("first.log"));
    long second = killAfter(first + 1, checkpoint, folder.resolve("second.log"));

    List<CalibrationProgress> heard = new ArrayList<>();
    CalibrationResult resumed;
    try (Calibrator calibrator =
        CalibrationProgram.calibrator().checkpoint(checkpoint, 2).listener(heard::add).build()) {
      resumed = calibrator.calibrate(source());
    }

    assertThat(second).isEven().isLessThan(CalibrationProgram.BATCH_COUNT);
    assertThat(heard).hasSize((int) (CalibrationProgram.BATCH_COUNT - second));
    assertThat(heard.get(0).batchCount()).isEqualTo(second + 1);
    try (Calibrator calibrator = CalibrationProgram.calibrator().build()) {
      assertThat(resumed).isEqualTo(calibrator.calibrate(source()));
    }
    assertThat(checkpoint).doesNotExist();
  }

  /** Returns how many batches the checkpoint holds that the killed process left. */
  private static long killAfter(long batchCount, Path checkpoint, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                CalibrationProgram.class.getName(),
                checkpoint.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    while (process.isAlive() && batchesIn(checkpoint) < batchCount) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    process.destroyForcibly().waitFor();
    return batchesIn(checkpoint);
  }

  private static long batchesIn(Path checkpoint) throws IOException {
    return Files.exists(checkpoint) ? CheckpointFile.read(checkpoint).batchCount() : 0;
  }

  private static CalibrationSource source() {
    return CalibrationSource.of(CalibrationProgram.batches().iterator());
  }
}
