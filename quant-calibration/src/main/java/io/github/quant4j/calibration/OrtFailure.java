/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OrtException;
import java.util.regex.Pattern;

/** Says in one line what ONNX Runtime failed at and what it says itself. */
final class OrtFailure {

  /** What tells the reader something amid the names of functions of the runtime's GPU part. */
  private static final Pattern GPU_FAILURE =
      Pattern.compile(
          ".*\\b((?:CUDA|CUDNN|CUBLAS) failure \\d+: .*?) ; GPU=.*|.*\\b(Failed to load library .*)",
          Pattern.DOTALL);

  private OrtFailure() {}

  static CalibrationException of(String what, OrtException cause) {
    String message =
        GPU_FAILURE
            .matcher(String.valueOf(cause.getMessage()))
            .replaceFirst("$1$2")
            .replaceAll("\\s*\\R\\s*", " ")
            .replaceAll("[.\\s]+$", "");
    return new CalibrationException(what + "; ONNX Runtime says: " + message, cause);
  }

  /** Tells that a model was not loaded, and what loading it needs. */
  static CalibrationException ofLoading(
      String model, ExecutionProvider provider, OrtException cause) {
    return provider instanceof ExecutionProvider.Cuda
        ? of(
            "cannot load %s on %s, expected a valid ONNX model and free memory on the GPU for it"
                .formatted(model, provider),
            cause)
        : of("cannot load " + model + ", expected a valid ONNX model", cause);
  }
}
