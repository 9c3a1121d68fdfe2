/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.QuantizationException;

/**
 * The failure of reading, rewriting or quantizing an ONNX model; the message names the thing at
 * fault.
 */
public class OnnxException extends QuantizationException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message what failed, on what, what was found, what was expected, what to do
   */
  public OnnxException(String message) {
    super(message);
  }

  /**
   * Creates the failure with its cause.
   *
   * @param message what failed, on what, what was found, what was expected, what to do
   * @param cause the failure behind this one
   */
  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
