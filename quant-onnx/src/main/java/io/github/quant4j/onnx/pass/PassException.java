/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.OnnxException;

/** The failure of a pass; the model is in an undefined state and should be dropped. */
public final class PassException extends OnnxException {
  private static final long serialVersionUID = 1L;

  /** The pass that failed. */
  private final String passName;

  PassException(String passName, RuntimeException cause) {
    super("pass " + passName + " failed: " + cause.getMessage(), cause);
    this.passName = passName;
  }

  /**
   * Returns the pass that failed.
   *
   * @return its name
   */
  public String passName() {
    return passName;
  }
}
