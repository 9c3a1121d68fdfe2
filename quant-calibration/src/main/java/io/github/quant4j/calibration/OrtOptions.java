/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;

/** Translates settings into the options of a session of ONNX Runtime. */
final class OrtOptions {

  private static final String DISABLED_OPTIMIZERS_KEY = "optimization.disable_specified_optimizers";
  private static final String SPINNING_KEY = "session.intra_op.allow_spinning";

  private OrtOptions() {}

  /** Returns options that the caller closes. */
  static OrtSession.SessionOptions of(SessionSettings settings, boolean isSpinning)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      // Failures come back as exceptions; the runtime would print them to standard error besides.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.setDeterministicCompute(true);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setInterOpNumThreads(1);
      options.setIntraOpNumThreads(settings.threadCount());
      options.setOptimizationLevel(level(settings.optimization()));
      options.addConfigEntry(
          DISABLED_OPTIMIZERS_KEY, String.join(";", settings.disabledOptimizers()));
      if (!isSpinning) {
        options.addConfigEntry(SPINNING_KEY, "0");
      }
      addProvider(options, settings.provider());
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  private static void addProvider(OrtSession.SessionOptions options, ExecutionProvider provider) {
    if (provider instanceof ExecutionProvider.Cuda cuda) {
      try {
        options.addCUDA(cuda.device());
      } catch (OrtException e) {
        throw OrtFailure.of(
            "cannot compute on "
                + cuda
                + ", expected onnxruntime_gpu on the class path in place of onnxruntime, and the CUDA"
                + " and cuDNN libraries of its version",
            e);
      }
    }
  }

  private static OrtSession.SessionOptions.OptLevel level(OptimizationLevel level) {
    return switch (level) {
      case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
      case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
      case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
      case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
    };
  }
}
