/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Map;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IProfiler;

/**
 * Runs an engine: an execution context with its stream, its buffers on the GPU and page-locked
 * staging memory on the host.
 *
 * <p>Outputs whose shapes depend on the values of the inputs, such as those of NonZero and
 * NonMaxSuppression, come in the shape that the run gave them; on Linux only, elsewhere their
 * engine is refused with a {@link TensorRtException} that names the output.
 *
 * <p>Buffers grow to the largest shapes seen and stay until {@link #close}. A run of the shapes of
 * the run before makes no native object. Runs and close of one session wait for each other, so
 * several threads want several sessions, see {@link SessionPool}.
 */
public final class ExecutionSession implements AutoCloseable {

  private final Object lock = new Object();
  private final Engine engine;
  private final CudaStream stream;
  private final Owned<IExecutionContext> context;
  private final SessionTensors tensors;
  private final SessionGraph graph;
  private boolean isReleased;

  /** Set before the lock is taken, so that a thread that runs without pause lets go of it. */
  private volatile boolean isClosed;

  private ExecutionSession(
      Engine engine, CudaStream stream, Owned<IExecutionContext> context, SessionTensors tensors) {
    this.engine = engine;
    this.stream = stream;
    this.context = context;
    this.tensors = tensors;
    this.graph = new SessionGraph(stream, this::enqueuePlain);
  }

  static ExecutionSession create(Engine engine, int profile) {
    SessionTensors tensors = new SessionTensors(engine, profile);
    CudaStream stream = CudaStream.create();
    ExecutionSession session = null;
    try {
      Owned<IExecutionContext> context = engine.handle().newContext(profile, stream);
      session = new ExecutionSession(engine, stream, context, tensors);
      return session;
    } finally {
      if (session == null) {
        stream.close();
      }
    }
  }

  /**
   * Sets whether runs go through a CUDA graph, which spares the host the start of every kernel:
   * worth it for small batches. The graph is captured in the second run of the same shapes, and
   * again after a change. Where an engine cannot be captured, runs go on without: one with outputs
   * whose shapes depend on values never is. Off by default.
   *
   * @param wanted whether to use a graph
   * @return this session
   * @throws IllegalStateException if the session is closed
   */
  public ExecutionSession withCudaGraph(boolean wanted) {
    synchronized (lock) {
      requireOpen();
      graph.want(wanted);
      return this;
    }
  }

  /**
   * Runs the engine once.
   *
   * @param inputs input name to tensor, one for every input; heap or direct, not kept
   * @return output name to tensor, in the order of the engine, in new heap memory
   * @throws EngineInputException if an input is missing, unknown, of another type, or of a shape
   *     outside the optimization profile; the session can go on
   * @throws CudaException if the memory of the GPU is exhausted or the GPU fails
   * @throws TensorRtException if TensorRT cannot run the engine
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return run(inputs, Map.of());
  }

  /**
   * Runs the engine once and writes outputs into memory of the caller, so that runs leave nothing
   * to the garbage collector but the tensors themselves.
   *
   * @param inputs input name to tensor, one for every input; heap or direct, not kept
   * @param targets output name to heap or direct buffer, for some or all outputs: little-endian
   *     row-major elements are written from its position, which is not moved; its limit leaves room
   *     for all of them, and may leave more
   * @return output name to tensor, in the order of the engine: a view of the target, or in new heap
   *     memory where none is given
   * @throws EngineInputException if an input does not fit; nothing was run
   * @throws EngineOutputException if a target is for no output, read-only or too small; nothing was
   *     run, unless the shape of that output depends on values. The session can go on
   * @throws CudaException if the memory of the GPU is exhausted or the GPU fails
   * @throws TensorRtException if TensorRT cannot run the engine
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, ByteBuffer> targets) {
    requireOpen();
    synchronized (lock) {
      stage(inputs);
      tensors.requireRoom(targets);
      enqueueInputs();
      enqueueCompute();
      enqueueOutputs();
      stream.synchronize();
      return tensors.read(targets);
    }
  }

  /** Frees the session, after the run that is under way. Closing twice does nothing. */
  @Override
  public void close() {
    isClosed = true;
    synchronized (lock) {
      if (isReleased) {
        return;
      }
      isReleased = true;
      try {
        stream.synchronize();
      } finally {
        release();
      }
    }
  }

  /** Checks inputs and brings them to the staging memory; sets their shapes where they changed. */
  void stage(Map<String, Tensor> inputs) {
    requireOpen();
    tensors.verify(inputs);
    boolean isKnown = false;
    try {
      isKnown = !tensors.reshape(context.get(), inputs);
    } finally {
      if (!isKnown) {
        graph.forgetShapes();
      }
    }
    tensors.stage(inputs);
  }

  /** Queues the copies of all inputs to the GPU. */
  void enqueueInputs() {
    tensors.enqueueInputs(stream);
  }

  /** Queues the work of the engine. */
  void enqueueCompute() {
    graph.run(!tensors.isShapedByRun());
  }

  /** Queues the copies of all outputs to the host. */
  void enqueueOutputs() {
    tensors.enqueueOutputs(stream);
  }

  /**
   * Makes TensorRT tell a profiler the times of all layers in every run from now on, without a CUDA
   * graph. The profiler is closed after this session.
   */
  void tellLayersTo(LayerProfiler profiler) {
    withCudaGraph(false);
    context.get().setProfiler(new IProfiler(new Address(profiler.address())));
  }

  /** The stream on which everything is queued. */
  CudaStream stream() {
    requireOpen();
    return stream;
  }

  private void enqueuePlain() {
    boolean isQueued = context.get().enqueueV3(stream.handle());
    tensors.rethrow();
    if (!isQueued) {
      throw new TensorRtException(
          "TensorRT could not run the engine: " + engine.handle().log().reason());
    }
  }

  private void release() {
    try (tensors;
        stream;
        context;
        graph) {
      // Closes the last first, and the rest also when one fails.
    } finally {
      engine.closed(this);
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("session is closed");
    }
  }
}
