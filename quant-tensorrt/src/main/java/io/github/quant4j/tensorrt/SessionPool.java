/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Sessions of one engine for the threads of a service: every run takes a free session and waits
 * while there is none. Thread-safe.
 *
 * <p>Two to four sessions are enough to keep a GPU at work while other threads prepare their
 * inputs. Every session holds its own buffers and working memory on the GPU.
 */
public final class SessionPool implements AutoCloseable {

  private final List<ExecutionSession> sessions;
  private final BlockingQueue<ExecutionSession> free;

  private SessionPool(List<ExecutionSession> sessions) {
    this.sessions = sessions;
    this.free = new ArrayBlockingQueue<>(sessions.size(), true, sessions);
  }

  /**
   * Makes a pool.
   *
   * @param engine the engine, to be closed after the pool
   * @param sessionCount how many runs go on at once, at least 1
   * @return the pool
   * @throws IllegalArgumentException if the count is below 1
   * @throws TensorRtException if a session cannot be made
   */
  public static SessionPool of(Engine engine, int sessionCount) {
    return of(engine, sessionCount, 0);
  }

  /**
   * Makes a pool of sessions that run in one of the optimization profiles.
   *
   * @param engine the engine, to be closed after the pool
   * @param sessionCount how many runs go on at once, at least 1
   * @param profile which, from 0, as {@link Engine#newSession(int)} takes it
   * @return the pool
   * @throws IllegalArgumentException if the count is below 1
   * @throws IndexOutOfBoundsException if there is no such profile
   * @throws TensorRtException if a session cannot be made
   */
  public static SessionPool of(Engine engine, int sessionCount, int profile) {
    if (sessionCount < 1) {
      throw new IllegalArgumentException(
          "sessionCount is " + sessionCount + ", expected at least 1");
    }
    List<ExecutionSession> sessions = new ArrayList<>();
    SessionPool pool = null;
    try {
      for (int index = 0; index < sessionCount; index++) {
        sessions.add(engine.newSession(profile));
      }
      pool = new SessionPool(List.copyOf(sessions));
      return pool;
    } finally {
      if (pool == null) {
        sessions.forEach(ExecutionSession::close);
      }
    }
  }

  /**
   * Sets for all sessions whether runs go through a CUDA graph.
   *
   * @param wanted as {@link ExecutionSession#withCudaGraph} takes it
   * @return this pool
   */
  public SessionPool withCudaGraph(boolean wanted) {
    sessions.forEach(session -> session.withCudaGraph(wanted));
    return this;
  }

  /**
   * Runs the engine once, in a session that is free.
   *
   * @param tensors input name to tensor, one for every input; not kept
   * @return output name to tensor
   * @throws TensorRtException as {@link ExecutionSession#run(Map)} does, and if the thread is
   *     interrupted while it waits, which it then still is
   * @throws IllegalStateException if the pool is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> tensors) {
    return run(tensors, Map.of());
  }

  /**
   * Runs the engine once, in a session that is free, and writes outputs into memory of the caller.
   *
   * @param tensors input name to tensor, one for every input; not kept
   * @param targets output name to buffer, as {@link ExecutionSession#run(Map, Map)} takes them
   * @return output name to tensor
   * @throws TensorRtException as {@link ExecutionSession#run(Map, Map)} does, and if the thread is
   *     interrupted while it waits, which it then still is
   * @throws IllegalStateException if the pool is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> tensors, Map<String, ByteBuffer> targets) {
    ExecutionSession session = take();
    try {
      return session.run(tensors, targets);
    } finally {
      free.add(session);
    }
  }

  /** Frees all sessions, each after the run that is under way in it. Closing twice does nothing. */
  @Override
  public void close() {
    sessions.forEach(ExecutionSession::close);
  }

  private ExecutionSession take() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TensorRtException("thread was interrupted while it waited for a free session", e);
    }
  }
}
