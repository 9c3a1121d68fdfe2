/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RunGuardTest {

  private final AtomicInteger released = new AtomicInteger();
  private final RunGuard guard = new RunGuard(released::incrementAndGet);

  @Test
  void close_twiceWithoutARun_releasesOnce() {
    guard.close();
    guard.close();

    assertThat(released).hasValue(1);
    assertThatThrownBy(guard::begin).hasMessage("calibrator is closed");
  }

  @Test
  void close_byTheThreadThatRuns_releasesAtTheEnd() {
    guard.begin();
    guard.close();
    assertThat(guard.isClosing()).isTrue();
    assertThat(released).hasValue(0);

    guard.end();
    assertThat(released).hasValue(1);
    guard.close();
    assertThat(released).hasValue(1);
  }

  @Test
  void close_bySeveralThreads_waitForTheRunEvenWhenInterrupted() throws InterruptedException {
    guard.begin();
    AtomicInteger interrupted = new AtomicInteger();
    List<Thread> closers =
        Stream.generate(
                () ->
                    new Thread(
                        () -> {
                          guard.close();
                          if (Thread.interrupted() && released.get() == 1) {
                            interrupted.incrementAndGet();
                          }
                        }))
            .limit(3)
            .toList();
    for (Thread closer : closers) {
      closer.start();
      while (closer.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      closer.interrupt();
    }
    assertThat(released).hasValue(0);
    guard.end();
    for (Thread closer : closers) {
      closer.join();
    }

    assertThat(released).hasValue(1);
    assertThat(interrupted).hasValue(3);
  }

  @Test
  void begin_whileARunIsOn_namesItsThread() {
    guard.begin();

    assertThatThrownBy(guard::begin)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'%s'", Thread.currentThread().getName());
    guard.end();
    guard.begin();
    guard.end();
    assertThat(released).hasValue(0);
  }
}
