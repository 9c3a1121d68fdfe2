/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OrtEnvironment;

/** The runtime that models are run with. */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /**
   * Returns the name of the runtime with its version, as the provenance of a calibration table has
   * it.
   *
   * @return e.g. {@code ONNX Runtime 1.29.0}
   */
  public static String version() {
    return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
  }
}
