/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

/** Is told how a calibration run goes, for a progress line for example. */
@FunctionalInterface
public interface CalibrationListener {

  /**
   * Takes note of a batch, on the thread that calibrates. An exception ends the run.
   *
   * @param progress how far the run has come
   */
  void batchObserved(CalibrationProgress progress);
}
