/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.QuantizationException;

/** A failure of TensorRT, of the GPU, or of the way to them. */
public class TensorRtException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one line that names the thing that failed
   */
  public TensorRtException(String message) {
    super(message);
  }

  /**
   * Creates an exception with the failure that led to it.
   *
   * @param message one line that names the thing that failed
   * @param cause the failure below
   */
  public TensorRtException(String message, Throwable cause) {
    super(message, cause);
  }
}
