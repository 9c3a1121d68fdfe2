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
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches, runs the model on them, several at a time if there are threads for it, and hands
 * them over in the order of the source.
 *
 * <p>There are as many batches in flight as frames. A source that fails is told of after all
 * batches it gave before, as if nothing ran ahead. Used by one thread, which runs the model too:
 * memory that the runtime gives back then serves the next run, which where every run had a new
 * thread the C library would keep for each of them.
 */
final class InferencePipeline implements AutoCloseable {

  private final CalibrationSource source;
  private final BatchLoader loader;
  private final Deque<BatchFrame> free;
  private final WorkerThreads helpers;
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private @Nullable Exception failure;
  private boolean isAtEnd;

  InferencePipeline(
      CalibrationSource source,
      BatchLoader loader,
      Collection<BatchFrame> frames,
      WorkerThreads helpers) {
    this.source = source;
    this.loader = loader;
    this.free = new ArrayDeque<>(frames);
    this.helpers = helpers;
  }

  /**
   * Returns the next batch, on which the model has been run, or empty at the end. Waits for it even
   * when interrupted, for no longer than {@link #close} would.
   *
   * @throws IOException if the source cannot be read
   */
  Optional<BatchFrame> next() throws IOException {
    while (!isAtEnd && !free.isEmpty()) {
      readAhead();
    }
    InFlight oldest = inFlight.peek();
    if (oldest == null) {
      throwFailure();
      return Optional.empty();
    }
    for (InFlight waiting : inFlight) {
      if (oldest.task().isDone()) {
        break;
      }
      waiting.task().run(); // does nothing if a helper has begun it
    }
    await(oldest.task());
    inFlight.remove();
    return Optional.of(oldest.frame());
  }

  /** Takes back the frame of a batch that has been observed. */
  void release(BatchFrame frame) {
    free.add(frame);
  }

  /** Waits for what still runs, since it uses native memory. */
  @Override
  public void close() {
    inFlight.forEach(waiting -> waiting.task().cancel(false));
    helpers.close();
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
      FutureTask<Void> task = new FutureTask<>(frame::run, null);
      inFlight.add(new InFlight(frame, task));
      helpers.execute(task);
    } catch (IOException | RuntimeException e) {
      failure = e;
      isAtEnd = true;
    }
  }

  private static void await(FutureTask<Void> task) {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("inference failed", failure);
  }

  private void throwFailure() throws IOException {
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
  }

  private record InFlight(BatchFrame frame, FutureTask<Void> task) {}
}
