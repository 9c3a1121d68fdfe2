/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether and how a session goes through a CUDA graph. The first run of new shapes is plain, since
 * TensorRT makes ready in it what must not be captured; the second is captured.
 */
final class SessionGraph implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(SessionGraph.class);

  private final CudaStream stream;
  private final Runnable plainRun;
  private boolean isWanted;
  private boolean hasRunWithTheseShapes;
  private @Nullable CudaGraph graph;

  /**
   * Creates the state of a session that has not run and wants no graph.
   *
   * @param plainRun queues one run to the stream
   */
  SessionGraph(CudaStream stream, Runnable plainRun) {
    this.stream = stream;
    this.plainRun = plainRun;
  }

  void want(boolean wanted) {
    isWanted = wanted;
    if (!wanted) {
      drop();
    }
  }

  /** Takes note that shapes or addresses are others, so that the next run is plain. */
  void forgetShapes() {
    drop();
    hasRunWithTheseShapes = false;
  }

  /**
   * Queues one run.
   *
   * @param isPossible whether the engine can be captured at all
   */
  void run(boolean isPossible) {
    if (isWanted && !isPossible) {
      isWanted = false;
      LOGGER.debug("shapes of outputs depend on values, runs go on without a CUDA graph");
    }
    if (isWanted && hasRunWithTheseShapes && graph == null) {
      capture();
    }
    CudaGraph captured = graph;
    if (captured == null) {
      plainRun.run();
    } else {
      captured.launch(stream);
    }
    hasRunWithTheseShapes = true;
  }

  /** Frees the graph. */
  @Override
  public void close() {
    drop();
  }

  private void capture() {
    try {
      graph = CudaGraph.capture(stream, plainRun);
    } catch (TensorRtException e) {
      isWanted = false;
      LOGGER.warn("engine cannot be captured as a CUDA graph, runs go on without one", e);
    }
  }

  private void drop() {
    CudaGraph old = graph;
    graph = null;
    if (old != null) {
      old.close();
    }
  }
}
