/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.QuantizationException;

/** A calibration run that was ended from outside before it saw all samples. */
public final class CalibrationCancelledException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /** How many batches were observed. */
  private final long batchCount;

  /** How many samples were observed. */
  private final long sampleCount;

  CalibrationCancelledException(String message, long batchCount, long sampleCount) {
    super(message);
    this.batchCount = batchCount;
    this.sampleCount = sampleCount;
  }

  /**
   * Returns how many batches were observed.
   *
   * @return the count, which the checkpoint holds where one was asked for
   */
  public long batchCount() {
    return batchCount;
  }

  /**
   * Returns how many samples were observed.
   *
   * @return the count, which the checkpoint holds where one was asked for
   */
  public long sampleCount() {
    return sampleCount;
  }
}
