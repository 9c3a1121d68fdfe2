/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TensorObservationTest {

  private static final int TENSORS = 5;
  private static final int LENGTH = 1 << 15; // five of them are shared with helpers

  private final Map<String, TensorCollector> collectors = new LinkedHashMap<>();
  private final Map<String, FloatBuffer> values = new LinkedHashMap<>();

  TensorObservationTest() {
    for (int tensor = 0; tensor < TENSORS; tensor++) {
      collectors.put("t" + tensor, TensorCollector.ofHistogram());
      values.put("t" + tensor, FloatBuffer.allocate(LENGTH + tensor));
    }
  }

  @Test
  void finish_withoutHelpers_observesAll() {
    TensorObservation.begin(collectors, values, WorkerThreads.start("none", 0), 3).finish();

    assertObserved(1);
  }

  /** As of an executor that was busy; by then the memory may be released or hold other values. */
  @Test
  void run_afterFinish_touchesNothing() {
    List<Runnable> late = new ArrayList<>();
    TensorObservation observation =
        TensorObservation.begin(collectors, values, WorkerThreads.of(late::add, 3), 3);
    observation.finish();
    values.values().forEach(buffer -> buffer.put(0, Float.NaN));
    values.clear();
    assertThat(late).hasSize(3);
    late.forEach(Runnable::run);

    assertObserved(1);
  }

  @Test
  void begin_helpersThatAreFree_doAllOfIt() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(2);
    WorkerThreads helpers =
        WorkerThreads.of(
            task ->
                new Thread(
                        () -> {
                          task.run();
                          done.countDown();
                        })
                    .start(),
            2);
    TensorObservation observation = TensorObservation.begin(collectors, values, helpers, 2);
    done.await();
    assertObserved(1);

    observation.finish();
    assertObserved(1);
  }

  @Test
  void begin_littleToObserve_isNotShared() {
    List<Runnable> offered = new ArrayList<>();
    values.replaceAll((tensor, buffer) -> FloatBuffer.allocate(LENGTH / 2));
    TensorObservation.begin(collectors, values, WorkerThreads.of(offered::add, 3), 3).finish();

    assertThat(offered).isEmpty();
  }

  @Test
  void begin_executorThatThrows_returnsWhenHelpersAreDone() {
    AtomicInteger calls = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("odd");
    WorkerThreads helpers =
        WorkerThreads.of(
            task -> {
              if (calls.incrementAndGet() == 2) {
                throw failure;
              }
              new Thread(task).start();
            },
            3);

    assertThatThrownBy(() -> TensorObservation.begin(collectors, values, helpers, 3))
        .isSameAs(failure);
    assertObserved(1);
  }

  @Test
  void finish_interrupted_waitsForHelpersAndStaysInterrupted() {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      for (int batch = 1; batch <= 50; batch++) {
        TensorObservation observation =
            TensorObservation.begin(collectors, values, WorkerThreads.of(pool, 3), 3);
        Thread.currentThread().interrupt();
        observation.finish();

        assertThat(Thread.interrupted()).isTrue();
        assertObserved(batch);
      }
    } finally {
      pool.shutdown();
    }
  }

  private void assertObserved(long times) {
    collectors.forEach(
        (tensor, collector) -> {
          int length = LENGTH + tensor.charAt(1) - '0';
          assertThat(collector.observer().count()).as(tensor).isEqualTo(times * length);
          assertThat(collector.nonFiniteCount()).isZero();
        });
  }
}
