/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.calibration.CalibratorOptions.Parallelism;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one run beside that of the caller. Those that are our own are daemons and end with
 * {@link #close()}; an executor of the user's is left as it is.
 */
final class ObservationThreads implements AutoCloseable {

  private final int observerCount;
  private final Executor executor;
  private final @Nullable ExecutorService owned;

  private ObservationThreads(
      int observerCount, Executor executor, @Nullable ExecutorService owned) {
    this.observerCount = observerCount;
    this.executor = executor;
    this.owned = owned;
  }

  static ObservationThreads of(Parallelism parallelism) {
    Optional<Executor> given = parallelism.executor();
    if (given.isPresent() || parallelism.observers() == 1) {
      return new ObservationThreads(parallelism.observers(), given.orElse(Runnable::run), null);
    }
    ExecutorService owned = daemons("quant4j-observer-", parallelism.observers() - 1);
    return new ObservationThreads(parallelism.observers(), owned, owned);
  }

  /** Returns an executor of named daemon threads. */
  static ExecutorService daemons(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        work -> {
          Thread thread = new Thread(work, name + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    return Executors.newFixedThreadPool(count, factory);
  }

  TensorObservation observation(Map<String, TensorCollector> collectors) {
    return new TensorObservation(collectors, executor, observerCount);
  }

  @Override
  public void close() {
    if (owned != null) {
      owned.shutdown();
    }
  }
}
