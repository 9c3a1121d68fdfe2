/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hands the tensors of one batch to their collectors, several at a time.
 *
 * <p>Every tensor has a collector of its own and sees the batches one after the other, so how the
 * work is divided does not enter the result. The caller takes part and needs nobody: an executor
 * that is busy, or closed, makes it slower but cannot stop it.
 */
final class TensorObservation {

  /** Below this the hand-over to another thread costs more than it saves. */
  private static final long SMALLEST_SHARED_COUNT = 1 << 17;

  private final Map<String, TensorCollector> collectors;
  private final Executor executor;
  private final int threadCount;

  TensorObservation(Map<String, TensorCollector> collectors, Executor executor, int threadCount) {
    this.collectors = collectors;
    this.executor = executor;
    this.threadCount = threadCount;
  }

  /** Observes all tensors and returns when that is done. */
  void observe(Map<String, FloatBuffer> values) {
    Work work = new Work(collectors, values);
    if (work.elementCount() >= SMALLEST_SHARED_COUNT) {
      share(work, Math.min(threadCount, values.size()) - 1);
    }
    work.run();
    work.await();
  }

  private void share(Work work, int helperCount) {
    try {
      for (int helper = 0; helper < helperCount; helper++) {
        executor.execute(work);
      }
    } catch (RejectedExecutionException e) {
      // The caller does what nobody else does.
    }
  }

  /** The tensors of a batch, of which every thread takes the largest that is left. */
  private static final class Work implements Runnable {

    private final Map<String, TensorCollector> collectors;
    private final List<Map.Entry<String, FloatBuffer>> tensors;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch open;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Work(Map<String, TensorCollector> collectors, Map<String, FloatBuffer> values) {
      this.collectors = collectors;
      this.tensors = new ArrayList<>(values.entrySet());
      this.open = new CountDownLatch(tensors.size());
      tensors.sort(
          Comparator.comparingInt(
              (Map.Entry<String, FloatBuffer> tensor) -> -tensor.getValue().remaining()));
    }

    long elementCount() {
      return tensors.stream().mapToLong(tensor -> tensor.getValue().remaining()).sum();
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < tensors.size(); i = next.getAndIncrement()) {
        try {
          Map.Entry<String, FloatBuffer> tensor = tensors.get(i);
          TensorCollector collector = collectors.get(tensor.getKey());
          if (collector != null) {
            collector.observe(tensor.getValue());
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          open.countDown();
        }
      }
    }

    /** Waits even when interrupted, since half a batch is in no state to be kept. */
    void await() {
      awaitAll();
      Throwable thrown = failure.get();
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException runtime) {
        throw runtime;
      }
    }

    private void awaitAll() {
      boolean isInterrupted = false;
      while (open.getCount() > 0) {
        try {
          open.await();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
