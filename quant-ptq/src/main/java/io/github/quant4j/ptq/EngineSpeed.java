/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.tensorrt.TimingRatio;
import java.util.List;
import java.util.Optional;

/**
 * How fast an engine is. Immutable and thread-safe.
 *
 * @param medianMilliseconds the median time of one batch on the GPU, without copies
 * @param samplesPerSecond how many samples went through in a second of the host's clock, without
 *     copies
 * @param ratio its time over that of the baseline, with the interval of 95 %; empty for the
 *     baseline itself
 * @param warnings what makes the figures doubtful, one line each
 */
public record EngineSpeed(
    double medianMilliseconds,
    double samplesPerSecond,
    Optional<TimingRatio> ratio,
    List<String> warnings) {

  /**
   * Creates the figures.
   *
   * @param medianMilliseconds the median time of one batch
   * @param samplesPerSecond the throughput
   * @param ratio the time over that of the baseline, empty for the baseline
   * @param warnings what makes the figures doubtful; copied
   */
  public EngineSpeed {
    warnings = List.copyOf(warnings);
  }

  /**
   * Returns how many times as fast as the baseline the engine is.
   *
   * @return above 1 where it is faster; 1 for the baseline
   */
  public double speedup() {
    return 1 / ratio.map(TimingRatio::ratio).orElse(1.0);
  }
}
