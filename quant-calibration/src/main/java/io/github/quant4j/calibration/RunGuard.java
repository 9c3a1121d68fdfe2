/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use native memory, and lets it be released once, after the run that
 * still uses it. Thread-safe.
 */
final class RunGuard {

  private final Runnable release;
  private @Nullable Thread runner;
  private boolean isClosing;
  private boolean isReleased;

  RunGuard(Runnable release) {
    this.release = release;
  }

  synchronized void begin() {
    if (isClosing) {
      throw new IllegalStateException("calibrator is closed");
    }
    if (runner != null) {
      throw new IllegalStateException(
          "calibrator is running in thread '%s', expected one run at a time; build one for each"
              .formatted(runner.getName()));
    }
    runner = Thread.currentThread();
  }

  synchronized void end() {
    runner = null;
    notifyAll();
    if (isClosing) {
      releaseOnce();
    }
  }

  synchronized boolean isClosing() {
    return isClosing;
  }

  /** Ends a run before its next batch and waits for that, but in its own thread. */
  synchronized void close() {
    isClosing = true;
    boolean isInterrupted = false;
    while (runner != null && !runner.equals(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (runner == null) {
      releaseOnce();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void releaseOnce() {
    if (!isReleased) {
      isReleased = true;
      release.run();
    }
  }
}
