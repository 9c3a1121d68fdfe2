/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a calibration run has come. Immutable and thread-safe.
 *
 * @param batchCount how many batches were observed, from 1, those of a resumed run included
 * @param sampleCount how many samples they held
 * @param expectedSampleCount how many samples the source holds, where it knows
 * @param resumedSampleCount how many of the samples a checkpoint held at the start
 * @param elapsed the time since the run began or was resumed
 */
public record CalibrationProgress(
    long batchCount,
    long sampleCount,
    OptionalLong expectedSampleCount,
    long resumedSampleCount,
    Duration elapsed) {

  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Creates the progress of a run that was not resumed.
   *
   * @param batchCount how many batches were observed, from 1
   * @param sampleCount how many samples they held
   * @param expectedSampleCount how many samples the source holds, where it knows
   * @param elapsed the time since the run began
   */
  public CalibrationProgress(
      long batchCount, long sampleCount, OptionalLong expectedSampleCount, Duration elapsed) {
    this(batchCount, sampleCount, expectedSampleCount, 0, elapsed);
  }

  /**
   * Returns how fast the run goes.
   *
   * @return samples per second since it began or was resumed; 0 before any time has passed
   */
  public double samplesPerSecond() {
    long nanos = elapsed.toNanos();
    return nanos <= 0 ? 0 : (sampleCount - resumedSampleCount) * NANOS_PER_SECOND / nanos;
  }

  /**
   * Returns how long the rest will take at this speed.
   *
   * @return the time, or empty where the number of samples or the speed is not known
   */
  public Optional<Duration> remaining() {
    double speed = samplesPerSecond();
    if (speed == 0 || expectedSampleCount.isEmpty()) {
      return Optional.empty();
    }
    long left = Math.max(0, expectedSampleCount.getAsLong() - sampleCount);
    return Optional.of(Duration.ofNanos((long) (left / speed * NANOS_PER_SECOND)));
  }
}
