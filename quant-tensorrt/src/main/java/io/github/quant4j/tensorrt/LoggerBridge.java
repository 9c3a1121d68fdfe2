/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.jspecify.annotations.Nullable;

/**
 * The logger that is handed to TensorRT; passes every message on to a {@link BuildLog}.
 *
 * <p>The native side holds this object weakly, so whoever creates one keeps it in a field until
 * everything that was created with it is deleted, and closes it after that. Closing twice does
 * nothing.
 */
final class LoggerBridge extends ILogger {

  private final BuildLog log;

  LoggerBridge(BuildLog log) {
    this.log = log;
  }

  /** Called by TensorRT, from any of its threads; the C++ function is noexcept. */
  @Override
  public void log(ILogger.Severity severity, @Nullable String text) {
    try {
      log.report(PresetSeverity.from(severity.value), text == null ? "" : text);
    } catch (Throwable failure) {
      // Thrown on, this would end the process.
    }
  }
}
