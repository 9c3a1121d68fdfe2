/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WorkerThreadsTest {

  /** An executor that is busy for an hour is not filled with a task for every batch of it. */
  @Test
  void execute_executorThatTakesNone_letsFewWait() {
    List<Runnable> queue = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    try (WorkerThreads threads = WorkerThreads.of(queue::add, 3)) {
      for (int i = 0; i < 1_000; i++) {
        threads.execute(done::incrementAndGet);
      }
      assertThat(queue).hasSize(3);

      queue.remove(0).run();
      threads.execute(done::incrementAndGet);
      threads.execute(done::incrementAndGet);
      assertThat(queue).hasSize(3);
    }
    queue.forEach(Runnable::run);
    assertThat(done).hasValue(4);
  }

  @Test
  void execute_executorThatRejects_goesOnOffering() {
    AtomicInteger offered = new AtomicInteger();
    try (WorkerThreads threads =
        WorkerThreads.of(
            task -> {
              offered.incrementAndGet();
              throw new RejectedExecutionException("full");
            },
            2)) {
      for (int i = 0; i < 5; i++) {
        threads.execute(() -> {});
      }
    }
    assertThat(offered).hasValue(5);
  }

  @Test
  void execute_executorThatThrows_passesItOn() {
    IllegalStateException failure = new IllegalStateException("odd");
    try (WorkerThreads threads =
        WorkerThreads.of(
            task -> {
              throw failure;
            },
            1)) {
      assertThatThrownBy(() -> threads.execute(() -> {})).isSameAs(failure);
    }
  }

  @Test
  void execute_noThreads_doesNothing() {
    try (WorkerThreads threads = WorkerThreads.start("none", 0)) {
      threads.execute(
          () -> {
            throw new AssertionError("nobody is there to run it");
          });
    }
  }

  @Test
  void close_interrupted_waitsForWhatOwnThreadsHaveBegunAndStaysInterrupted()
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    List<Thread> workers = new CopyOnWriteArrayList<>();
    AtomicInteger sum = new AtomicInteger();
    WorkerThreads threads = WorkerThreads.start("worker", 1);
    threads.execute(
        () -> {
          workers.add(Thread.currentThread());
          begun.countDown();
          for (int i = 0; i < 50_000_000; i++) {
            sum.lazySet(i);
          }
          sum.set(-1);
        });
    begun.await();
    Thread.currentThread().interrupt();
    threads.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(sum).hasValue(-1);
    assertThat(workers.get(0).isDaemon()).isTrue();
    workers.get(0).join();
  }
}
