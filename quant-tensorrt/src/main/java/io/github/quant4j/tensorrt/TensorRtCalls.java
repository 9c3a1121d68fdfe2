/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.tensorrt.global.nvinfer;
import org.jspecify.annotations.Nullable;

/** Calls of TensorRT that the probe needs. */
final class TensorRtCalls {

  private TensorRtCalls() {}

  static TensorRtVersion version() {
    // The functions for major, minor and patch are missing from older libraries, and calling a
    // missing function ends the process.
    return TensorRtVersion.from(nvinfer.getInferLibVersion());
  }

  static List<BuildMessage> builderErrors() {
    BuildLog log = BuildLog.create();
    try {
      // Frees nothing, but creates the context of the device as every use of it does.
      CudaCheck.check(cudart.cudaFree(null), "using the GPU");
      requireRuntime(log);
    } catch (TensorRtException unusable) {
      return errors(log, unusable.getMessage());
    }
    Optional<BuilderHandle> created = BuilderHandle.create(log);
    created.ifPresent(BuilderHandle::close);
    return created.isPresent() ? List.of() : errors(log, "createInferBuilder returned null");
  }

  /**
   * Creates a runtime and deletes it. TensorRT uses a CUDA runtime of its own; where the driver
   * does not serve that, a runtime is refused, while asking for a builder ends the process.
   */
  private static void requireRuntime(BuildLog log) {
    try (LoggerBridge logger = new LoggerBridge(log)) {
      EngineHandle.newRuntime(log, logger).close();
    }
  }

  private static List<BuildMessage> errors(BuildLog log, @Nullable String otherwise) {
    List<BuildMessage> errors = log.errors();
    return errors.isEmpty()
        ? List.of(new BuildMessage(Severity.ERROR, String.valueOf(otherwise)))
        : errors;
  }
}
