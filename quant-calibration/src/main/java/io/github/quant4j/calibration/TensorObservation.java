/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The observation of one batch: its tensors, of which every thread that takes part takes the
 * largest that is left and hands it to its collector.
 *
 * <p>Every tensor has a collector of its own and sees the batches one after the other, so how the
 * work is divided does not enter the result. Helpers may take part from {@link #begin} on; {@link
 * #finish} does what they have not.
 */
final class TensorObservation implements Runnable {

  /** Below this the hand-over to another thread costs more than it saves. */
  private static final long SMALLEST_SHARED_COUNT = 1 << 17;

  private final Map<String, TensorCollector> collectors;
  private final List<Map.Entry<String, FloatBuffer>> tensors;
  private final AtomicInteger next = new AtomicInteger();
  private final CountDownLatch open;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private TensorObservation(
      Map<String, TensorCollector> collectors, Map<String, FloatBuffer> values) {
    this.collectors = collectors;
    this.tensors = new ArrayList<>(values.entrySet());
    this.open = new CountDownLatch(tensors.size());
    tensors.sort(
        Comparator.comparingInt(
            (Map.Entry<String, FloatBuffer> tensor) -> -tensor.getValue().remaining()));
  }

  /**
   * Begins to observe a batch.
   *
   * @param collectors all collectors by the name of their tensor
   * @param values the tensors of the batch, to be left alone until {@link #finish} returns
   * @param helpers threads that may take part
   * @param helperCount how many of them
   */
  static TensorObservation begin(
      Map<String, TensorCollector> collectors,
      Map<String, FloatBuffer> values,
      WorkerThreads helpers,
      int helperCount) {
    TensorObservation observation = new TensorObservation(collectors, values);
    try {
      observation.share(helpers, Math.min(helperCount, values.size()));
    } catch (RuntimeException | Error e) {
      observation.finish(); // others may have begun, in memory that must stay until they are done
      throw e;
    }
    return observation;
  }

  private void share(WorkerThreads helpers, int helperCount) {
    if (elementCount() >= SMALLEST_SHARED_COUNT) {
      for (int i = 0; i < helperCount; i++) {
        helpers.execute(this);
      }
    }
  }

  private long elementCount() {
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

  /** Takes part and returns when all is done, even when interrupted: half a batch is no state. */
  void finish() {
    run();
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
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException runtime) {
      throw runtime;
    }
  }
}
