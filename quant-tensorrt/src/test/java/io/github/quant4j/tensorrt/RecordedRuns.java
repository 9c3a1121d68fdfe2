/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Runs with given times on a clock that only they move. */
final class RecordedRuns implements TimedRuns {

  int enqueuedCount;
  int mostQueued;
  boolean isClosed;

  private final List<Double> computeTimes;
  private final List<String> journal;
  private final String name;
  private final Deque<Integer> queue = new ArrayDeque<>();
  private long nanos;

  /**
   * Makes runs.
   *
   * @param journal receives the name at every run
   * @param computeTimes milliseconds, taken in turn
   */
  RecordedRuns(String name, List<String> journal, Double... computeTimes) {
    this.name = name;
    this.journal = journal;
    this.computeTimes = List.of(computeTimes);
  }

  @Override
  public long batchSize() {
    return 8;
  }

  @Override
  public void enqueue() {
    queue.add(enqueuedCount++);
    mostQueued = Math.max(mostQueued, queue.size());
    journal.add(name);
  }

  @Override
  public TimingSample await() {
    double compute = computeTimes.get(queue.remove() % computeTimes.size());
    nanos += Math.round(compute * 1e6);
    return new TimingSample(0.1, 0.25, compute, 0.5);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
