/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

/** Is told how a calibration run goes, for a progress line for example, and can end it. */
@FunctionalInterface
public interface CalibrationListener {

  /**
   * Takes note of a batch, on the thread that calibrates. An exception ends the run.
   *
   * @param progress how far the run has come
   */
  void batchObserved(CalibrationProgress progress);

  /**
   * Returns whether the run is to end before the next batch, with a {@link
   * CalibrationCancelledException}; asked on the thread that calibrates. By default it goes on.
   *
   * @return true to end it
   */
  default boolean isCancelled() {
    return false;
  }
}
