/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads that help the one that calls, who can do without: a task that none of them takes is done
 * by the caller. Those of our own are daemons and end with {@link #close()}; an executor of the
 * user's is left as it is.
 */
final class WorkerThreads implements Executor, AutoCloseable {

  private final @Nullable Executor executor;
  private final @Nullable ExecutorService owned;
  private final int mostWaiting;
  private final AtomicInteger waiting = new AtomicInteger();

  private WorkerThreads(
      @Nullable Executor executor, @Nullable ExecutorService owned, int mostWaiting) {
    this.executor = executor;
    this.owned = owned;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Returns threads of an executor that is not shut down.
   *
   * @param mostWaiting how many tasks may wait for it, so that those that nobody needs any more do
   *     not pile up in an executor that is busy with other things; one that drops as many without a
   *     word is offered no more
   */
  static WorkerThreads of(Executor executor, int mostWaiting) {
    return new WorkerThreads(executor, null, mostWaiting);
  }

  /** Returns threads of our own, none for a count of 0. */
  static WorkerThreads start(String name, int count) {
    if (count == 0) {
      return new WorkerThreads(null, null, 0);
    }
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        work -> {
          Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    ExecutorService owned = Executors.newFixedThreadPool(count, factory);
    return new WorkerThreads(owned, owned, Integer.MAX_VALUE);
  }

  /** Offers a task, which may be taken at any time later or never. */
  @Override
  public void execute(Runnable task) {
    if (executor == null || waiting.get() >= mostWaiting) {
      return;
    }
    waiting.incrementAndGet();
    try {
      executor.execute(
          () -> {
            waiting.decrementAndGet();
            task.run();
          });
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet(); // The caller does what nobody else does.
    }
  }

  /** Waits for what threads of our own have begun, even when interrupted, and ends them. */
  @Override
  public void close() {
    if (owned == null) {
      return;
    }
    owned.shutdown();
    boolean isInterrupted = false;
    while (!owned.isTerminated()) {
      try {
        owned.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
