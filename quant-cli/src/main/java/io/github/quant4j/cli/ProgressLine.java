/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.CalibrationProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * A line on standard error that says how far the work has come and is rewritten as it goes on, at
 * most ten times a second; silent where standard error is no terminal. Closing wipes it. Not
 * thread-safe.
 */
final class ProgressLine implements CalibrationListener, AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final PrintStream err;
  private final String work;
  private final boolean visible;
  private Duration nextUpdate = Duration.ZERO;
  private int width;

  /**
   * Creates a line that is empty at first.
   *
   * @param work what is being done, in one word
   */
  ProgressLine(CommandStreams streams, String work) {
    this.err = streams.err();
    this.work = work;
    this.visible = streams.terminal().getAsBoolean();
  }

  @Override
  public void batchObserved(CalibrationProgress progress) {
    if (visible && progress.elapsed().compareTo(nextUpdate) >= 0) {
      nextUpdate = progress.elapsed().plus(INTERVAL);
      rewrite(text(progress));
    }
  }

  /** Shows a text where nothing is counted. */
  void show(String text) {
    if (visible) {
      rewrite(text);
    }
  }

  @Override
  public void close() {
    if (width > 0) {
      rewrite("");
      err.print('\r');
      err.flush();
    }
  }

  private String text(CalibrationProgress progress) {
    String text =
        String.format(
            Locale.ROOT,
            "%s: %,d batches, %,d samples, %,.1f samples/s",
            work,
            progress.batchCount(),
            progress.sampleCount(),
            progress.samplesPerSecond());
    return progress
        .remaining()
        .map(left -> text + String.format(Locale.ROOT, ", %,.0f s left", left.toMillis() / 1e3))
        .orElse(text);
  }

  private void rewrite(String text) {
    err.print('\r' + text + " ".repeat(Math.max(width - text.length(), 0)));
    err.flush();
    width = text.length();
  }
}
