/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Optional;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.jspecify.annotations.Nullable;

/** Owns a native builder and the logger that the builder uses. One thread at a time. */
final class BuilderHandle implements AutoCloseable {

  private final LoggerBridge logger;
  private final IBuilder builder;
  private boolean closed;

  private BuilderHandle(LoggerBridge logger, IBuilder builder) {
    this.logger = logger;
    this.builder = builder;
  }

  /**
   * Creates a builder.
   *
   * @param log receives what TensorRT says, now and until the handle is closed
   * @return the builder; empty when TensorRT could not create one, and then its errors are in
   *     {@code log}
   */
  static Optional<BuilderHandle> create(BuildLog log) {
    LoggerBridge logger = new LoggerBridge(log);
    @Nullable IBuilder builder = null;
    try {
      builder = nvinfer.createInferBuilder(logger);
    } finally {
      if (builder == null) {
        logger.close();
      }
    }
    return builder == null ? Optional.empty() : Optional.of(new BuilderHandle(logger, builder));
  }

  /** The builder, valid until {@link #close}. */
  IBuilder builder() {
    return builder;
  }

  /** The logger of the builder, for what is made beside it. */
  LoggerBridge logger() {
    return logger;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      FactoryMade.delete(builder);
      logger.close();
    }
  }
}
