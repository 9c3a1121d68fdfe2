/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Optional;
import org.bytedeco.tensorrt.global.nvinfer;

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
    Optional<BuilderHandle> created = BuilderHandle.create(log);
    if (created.isPresent()) {
      created.get().close();
      return List.of();
    }
    List<BuildMessage> errors = log.errors();
    return errors.isEmpty()
        ? List.of(new BuildMessage(Severity.ERROR, "createInferBuilder returned null"))
        : errors;
  }
}
