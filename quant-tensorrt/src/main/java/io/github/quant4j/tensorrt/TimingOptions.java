/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.time.Duration;
import java.util.function.Consumer;

/** All options of a measurement. Changed only in {@link #with}, before anybody sees the copy. */
final class TimingOptions {

  Duration warmUp = Duration.ofMillis(200);
  Duration duration = Duration.ofSeconds(3);
  int minimumRuns = 10;
  int roundCount = 15;
  boolean hasGraph = true;
  boolean hasTransfers = true;
  boolean isSpinning = true;

  TimingOptions() {}

  /** A changed copy. */
  TimingOptions with(Consumer<TimingOptions> change) {
    TimingOptions copy = new TimingOptions();
    copy.warmUp = warmUp;
    copy.duration = duration;
    copy.minimumRuns = minimumRuns;
    copy.roundCount = roundCount;
    copy.hasGraph = hasGraph;
    copy.hasTransfers = hasTransfers;
    copy.isSpinning = isSpinning;
    change.accept(copy);
    return copy;
  }
}
