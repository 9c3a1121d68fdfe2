/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OrtException;

/** Says in one line what ONNX Runtime failed at and what it says itself. */
final class OrtFailure {

  private OrtFailure() {}

  static CalibrationException of(String what, OrtException cause) {
    String message =
        String.valueOf(cause.getMessage())
            .replaceAll("\\s*\\R\\s*", " ")
            .replaceAll("[.\\s]+$", "");
    return new CalibrationException(what + "; ONNX Runtime says: " + message, cause);
  }
}
