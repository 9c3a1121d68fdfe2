/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.CalibrationProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void batchObserved_noTerminal_writesNothing() {
    try (ProgressLine line = line(false)) {
      line.batchObserved(progress(1, 32, OptionalLong.of(64), 1000));
    }

    assertThat(written()).isEmpty();
  }

  @Test
  void batchObserved_expectedCountKnown_tellsTheTimeLeft() {
    line(true).batchObserved(progress(2, 1500, OptionalLong.of(4500), 2000));

    assertThat(written())
        .isEqualTo("\rcalibrating: 2 batches, 1,500 samples, 750.0 samples/s, 4 s left");
  }

  @Test
  void batchObserved_expectedCountUnknown_tellsTheRateOnly() {
    line(true).batchObserved(progress(2, 100, OptionalLong.empty(), 2000));

    assertThat(written()).isEqualTo("\rcalibrating: 2 batches, 100 samples, 50.0 samples/s");
  }

  @Test
  void batchObserved_withinATenthOfASecond_writesOnce() {
    ProgressLine line = line(true);
    line.batchObserved(progress(1, 10, OptionalLong.empty(), 1000));
    line.batchObserved(progress(2, 20, OptionalLong.empty(), 1099));

    assertThat(written()).containsOnlyOnce("\r");
  }

  @Test
  void batchObserved_shorterText_coversTheLongerOne() {
    ProgressLine line = line(true);
    line.batchObserved(progress(1, 10, OptionalLong.of(20), 1000));
    String longer = written();
    err.reset();
    line.batchObserved(progress(2, 20, OptionalLong.empty(), 2000));

    assertThat(written()).hasSameSizeAs(longer).endsWith(" ");
  }

  @Test
  void close_lineWritten_wipesIt() {
    ProgressLine line = line(true);
    line.batchObserved(progress(1, 10, OptionalLong.empty(), 1000));
    int width = written().length() - 1;
    err.reset();
    line.close();

    assertThat(written()).isEqualTo("\r" + " ".repeat(width) + "\r");
  }

  private ProgressLine line(boolean terminal) {
    PrintStream stream = new PrintStream(err, false, StandardCharsets.UTF_8);
    return new ProgressLine(new CommandStreams(stream, stream, () -> terminal), "calibrating");
  }

  private String written() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static CalibrationProgress progress(
      long batches, long samples, OptionalLong expected, long milliseconds) {
    return new CalibrationProgress(batches, samples, expected, Duration.ofMillis(milliseconds));
  }
}
