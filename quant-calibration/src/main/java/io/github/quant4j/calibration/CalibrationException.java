/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.QuantizationException;

/**
 * A model that ONNX Runtime cannot load or run, or sample data that does not fit it.
 *
 * <p>The message is one line. Where ONNX Runtime failed, its exception is the cause.
 */
public final class CalibrationException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one line that names the model, tensor or file that failed
   */
  public CalibrationException(String message) {
    super(message);
  }

  /**
   * Creates an exception with the failure that led to it.
   *
   * @param message one line that names the model, tensor or file that failed
   * @param cause the failure below
   */
  public CalibrationException(String message, Throwable cause) {
    super(message, cause);
  }
}
