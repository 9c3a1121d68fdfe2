/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** Translates settings into the options of a session of ONNX Runtime. */
final class OrtOptions {

  private static final String DISABLED_OPTIMIZERS_KEY = "optimization.disable_specified_optimizers";
  private static final String SPINNING_KEY = "session.intra_op.allow_spinning";
  private static final String REDUCED_PRECISION_KEY = "use_tf32";
  private static final String CONVOLUTION_SEARCH_KEY = "cudnn_conv_algo_search";

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
      requireGpuPackage(cuda);
      try (OrtCUDAProviderOptions cudaOptions = new OrtCUDAProviderOptions(cuda.device())) {
        // The runtime would round factors to 10 bits of mantissa for the tensor cores, and time
        // convolutions to take the fastest, which need not be the same one in the next session.
        cudaOptions.add(REDUCED_PRECISION_KEY, "0");
        cudaOptions.add(CONVOLUTION_SEARCH_KEY, "HEURISTIC");
        options.addCUDA(cudaOptions);
      } catch (OrtException e) {
        throw OrtFailure.of(
            ("cannot compute on %s, expected a GPU of this number (nvidia-smi lists them), and on"
                    + " LD_LIBRARY_PATH the CUDA and cuDNN that onnxruntime_gpu is built for"
                    + " (1.29: CUDA 12, cuDNN 9)")
                .formatted(cuda),
            e);
      }
    }
  }

  private static void requireGpuPackage(ExecutionProvider.Cuda cuda) {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new CalibrationException(
          ("cannot compute on %s: the ONNX Runtime on the class path knows no GPU, expected"
                  + " com.microsoft.onnxruntime:onnxruntime_gpu in place of"
                  + " com.microsoft.onnxruntime:onnxruntime")
              .formatted(cuda));
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
