/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs that were timed one after another.
 *
 * @param samples the times of each
 * @param wallNanos from before the first to after the last
 */
record TimingSeries(List<TimingSample> samples, long wallNanos) {

  TimingSeries {
    samples = List.copyOf(samples);
  }

  /**
   * Runs for some time. One run is always queued behind the one that is waited for, so that the GPU
   * never waits for the host to begin the next.
   *
   * @param nanos how long at least
   * @param minimumCount how many runs at least
   */
  static TimingSeries record(TimedRuns runs, long nanos, int minimumCount) {
    List<TimingSample> samples = new ArrayList<>();
    long start = runs.nanoTime();
    runs.enqueue();
    do {
      runs.enqueue();
      samples.add(runs.await());
    } while (runs.nanoTime() - start < nanos || samples.size() < minimumCount - 1);
    samples.add(runs.await());
    return new TimingSeries(samples, runs.nanoTime() - start);
  }

  /** All runs of several series. */
  static TimingSeries joined(List<TimingSeries> parts) {
    return new TimingSeries(
        parts.stream().flatMap(part -> part.samples.stream()).toList(),
        parts.stream().mapToLong(TimingSeries::wallNanos).sum());
  }

  double computeMedian() {
    return TimingStatistics.of(samples.stream().mapToDouble(TimingSample::compute).toArray())
        .median();
  }
}
