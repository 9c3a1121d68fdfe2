/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** Something that runs again and again and knows how long every layer of each run took. */
interface ProfiledRuns extends AutoCloseable {

  /** Runs once and tells the recorder of every layer; returns when the run is over. */
  void run();

  /** Who is told. */
  LayerTimeRecorder recorder();

  /** The clock of the host. */
  long nanoTime();

  @Override
  void close();
}
