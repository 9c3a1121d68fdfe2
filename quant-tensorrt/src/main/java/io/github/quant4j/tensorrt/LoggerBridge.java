/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The logger that is handed to TensorRT; passes every message on to a {@link BuildLog}.
 *
 * <p>The native side holds this object weakly, so whoever creates one keeps it in a field until
 * everything that was created with it is deleted, and closes it after that. Closing twice does
 * nothing.
 *
 * <p>TensorRT also keeps the first logger it is given as that of the process, whatever loggers come
 * after, and does not say until when. So the native part of a closed logger lives on, telling SLF4J
 * alone, until all loggers are closed.
 */
final class LoggerBridge extends ILogger {

  /** The environment of the native library, which is one for the process. */
  private static final FreedTogether LOGGERS = new FreedTogether();

  private volatile BuildLog log;
  private boolean isClosed;

  LoggerBridge(BuildLog log) {
    this.log = log;
    LOGGERS.opened();
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

  @Override
  public synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      log = new BuildLog(LoggerFactory.getLogger(BuildLog.class), 1);
      LOGGERS.closed(super::close);
    }
  }
}
