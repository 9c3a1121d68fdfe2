/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that threads of its own decode while the ones before them are in use, handed out in the
 * order they were asked for. Used by one thread at a time.
 */
final class DecodeAhead implements Closeable {

  private static final long IDLE_SECONDS = 10;
  private static final long CLOSE_SECONDS = 10;

  private final PictureLoader loader;
  private final int limit;
  private final ThreadPoolExecutor threads;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();

  /**
   * Starts no thread yet.
   *
   * @param loader makes samples of files
   * @param threadCount how many threads
   * @param limit how many pictures to hold at most
   */
  DecodeAhead(PictureLoader loader, int threadCount, int limit) {
    this.loader = loader;
    this.limit = limit;
    this.threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            DecodeAhead::thread);
    threads.allowCoreThreadTimeOut(true);
  }

  /** Returns the format of the samples. */
  SampleFormat format() {
    return loader.format();
  }

  /** Returns whether one more picture may be asked for. */
  boolean hasRoom() {
    return pending.size() < limit;
  }

  /** Returns how many pictures were asked for and not removed. */
  int count() {
    return pending.size();
  }

  /** Asks for a picture. */
  void add(Path path) {
    pending.add(new Pending(path, threads.submit(() -> loader.load(path))));
  }

  /** Returns the file of the next picture. */
  Path path() {
    return pending.element().path();
  }

  /**
   * Waits for the next picture and leaves it the next one.
   *
   * @throws InterruptedIOException if the thread is interrupted, which it stays
   */
  byte[] await() throws IOException, UndecodableException {
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      return pending.element().sample().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure =
          new InterruptedIOException("interrupted while waiting for picture '" + path() + "'");
      failure.initCause(e);
      throw failure;
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  /** Lets go of the next picture. */
  void remove() {
    pending.remove();
  }

  /** Lets go of all pictures. */
  void clear() {
    pending.forEach(picture -> picture.sample().cancel(true));
    pending.clear();
    threads.purge();
  }

  /** Ends the threads; one that a file system holds up longer ends when it lets go. */
  @Override
  public void close() {
    clear();
    threads.shutdownNow();
    try {
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "picture-decoder");
    thread.setDaemon(true);
    return thread;
  }

  private static AssertionError rethrown(@Nullable Throwable failure)
      throws IOException, UndecodableException {
    if (failure instanceof UndecodableException undecodable) {
      throw undecodable;
    }
    if (failure instanceof IOException unreadable) {
      throw unreadable;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return new AssertionError("a loader throws nothing else", failure);
  }

  /** A picture that was asked for. */
  private record Pending(Path path, Future<byte[]> sample) {}
}
