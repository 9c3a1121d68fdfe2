/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** Something that runs again and again and knows how long each run took. */
interface TimedRuns extends AutoCloseable {

  /** How many samples one run takes in. */
  long batchSize();

  /** Queues one run; at most two are queued at a time. */
  void enqueue();

  /** Waits for the oldest run that is queued. */
  TimingSample await();

  /** The clock of the host. */
  long nanoTime();

  @Override
  void close();
}
