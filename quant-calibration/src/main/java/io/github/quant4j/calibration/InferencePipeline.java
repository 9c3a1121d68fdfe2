/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches and runs the model on them ahead of the caller, and hands them over in the order of
 * the source.
 *
 * <p>There are as many batches in flight as frames. A source that fails is told of after all
 * batches it gave before, as if nothing ran ahead. Used by one thread; the model runs on others.
 */
final class InferencePipeline implements AutoCloseable {

  private final CalibrationSource source;
  private final BatchLoader loader;
  private final ExecutorService inference;
  private final Deque<BatchFrame> free;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private @Nullable Exception failure;
  private boolean isAtEnd;

  InferencePipeline(
      CalibrationSource source,
      BatchLoader loader,
      Collection<BatchFrame> frames,
      ExecutorService inference) {
    this.source = source;
    this.loader = loader;
    this.free = new ArrayDeque<>(frames);
    this.inference = inference;
  }

  /**
   * Returns the next batch, on which the model has been run, or empty at the end.
   *
   * @throws IOException if the source cannot be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  Optional<BatchFrame> next() throws IOException, InterruptedException {
    while (!isAtEnd && !free.isEmpty()) {
      readAhead();
    }
    InFlight oldest = inFlight.poll();
    if (oldest == null) {
      throwFailure();
      return Optional.empty();
    }
    try {
      oldest.result().get();
      return Optional.of(oldest.frame());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("inference failed", e.getCause());
    }
  }

  /** Takes back the frame of a batch that has been observed. */
  void release(BatchFrame frame) {
    free.add(frame);
  }

  /** Waits for what still runs, since it uses native memory. */
  @Override
  public void close() {
    inFlight.forEach(running -> running.result().cancel(false));
    inference.shutdown();
    boolean isInterrupted = false;
    while (!inference.isTerminated()) {
      try {
        inference.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void readAhead() {
    try {
      Optional<TensorBatch> batch = loader.next(source);
      if (batch.isEmpty()) {
        isAtEnd = true;
        return;
      }
      BatchFrame frame = free.remove();
      loader.load(batch.get(), frame);
      inFlight.add(new InFlight(frame, inference.submit(frame::run)));
    } catch (IOException | RuntimeException e) {
      failure = e;
      isAtEnd = true;
    }
  }

  private void throwFailure() throws IOException {
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
  }

  private record InFlight(BatchFrame frame, Future<?> result) {}
}
