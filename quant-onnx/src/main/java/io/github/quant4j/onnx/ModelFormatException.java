/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

/**
 * Bytes that are not a well-formed ONNX model, or that use a part of the format not supported here.
 */
public final class ModelFormatException extends OnnxException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message what was found and what was expected
   */
  public ModelFormatException(String message) {
    super(message);
  }

  /**
   * Creates the failure with its cause.
   *
   * @param message what was found and what was expected
   * @param cause the failure behind this one
   */
  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
