/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.jspecify.annotations.Nullable;

/** A model that cannot be calibrated in a build: samples that fail or do not fit, or a cache. */
public final class EngineCalibrationException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** From 1; 0 where it is no single batch. */
  private final long batchNumber;

  EngineCalibrationException(String message) {
    super(message);
    this.batchNumber = 0;
  }

  EngineCalibrationException(String message, Throwable cause) {
    super(message, cause);
    this.batchNumber = 0;
  }

  private EngineCalibrationException(String message, long batchNumber, @Nullable Throwable cause) {
    super(message);
    this.batchNumber = batchNumber;
    if (cause != null) {
      initCause(cause);
    }
  }

  /** A batch does not fit. */
  static EngineCalibrationException misfit(long batchNumber, String message) {
    return new EngineCalibrationException(
        "calibration batch %s %s".formatted(batchNumber, message), batchNumber, null);
  }

  /** The source failed. */
  static EngineCalibrationException failed(long batchNumber, Throwable cause) {
    String reason = cause.getMessage();
    return new EngineCalibrationException(
        "calibration batch %s cannot be read from its source: %s"
            .formatted(batchNumber, reason == null ? cause : reason),
        batchNumber,
        cause);
  }

  /**
   * Returns which batch of the source it was.
   *
   * @return the number, from 1; 0 where it was no single batch
   */
  public long batchNumber() {
    return batchNumber;
  }
}
