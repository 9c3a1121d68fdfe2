/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.global.cudart;

/** Owns a CUDA graph that is ready to run: captured work that one launch starts. */
final class CudaGraph implements AutoCloseable {

  private final CUgraphExec_st executable;
  private boolean isClosed;

  private CudaGraph(CUgraphExec_st executable) {
    this.executable = executable;
  }

  /**
   * Captures work instead of running it.
   *
   * @param stream the stream to which the work is queued; nothing else may use it meanwhile
   * @param work queues the work from this thread; no allocation and no waiting
   * @throws CudaException if something in the work cannot be captured
   */
  static CudaGraph capture(CudaStream stream, Runnable work) {
    CUgraph_st graph = new CUgraph_st();
    // Thread local: other threads may allocate while this one captures.
    CudaCheck.check(
        cudart.cudaStreamBeginCapture(stream.handle(), cudart.cudaStreamCaptureModeThreadLocal),
        "beginning to capture a CUDA graph");
    boolean isCaptured = false;
    try {
      work.run();
      isCaptured = true;
    } finally {
      int status = cudart.cudaStreamEndCapture(stream.handle(), graph);
      if (isCaptured) {
        CudaCheck.check(status, "capturing a CUDA graph");
      } else {
        discard(graph);
      }
    }
    return instantiate(graph);
  }

  private static CudaGraph instantiate(CUgraph_st graph) {
    try {
      CUgraphExec_st executable = new CUgraphExec_st();
      CudaCheck.check(
          cudart.cudaGraphInstantiate(executable, graph, 0), "instantiating a CUDA graph");
      return new CudaGraph(executable);
    } finally {
      discard(graph);
    }
  }

  private static void discard(CUgraph_st graph) {
    if (!graph.isNull()) {
      cudart.cudaGraphDestroy(graph);
    }
    cudart.cudaGetLastError();
  }

  /** Queues the captured work. */
  void launch(CudaStream stream) {
    if (isClosed) {
      throw new IllegalStateException("CUDA graph is destroyed");
    }
    CudaCheck.check(cudart.cudaGraphLaunch(executable, stream.handle()), "launching a CUDA graph");
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaGraphExecDestroy(executable), "destroying a CUDA graph");
    }
  }
}
