/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IProfiler;

/**
 * Runs an engine: an execution context with its stream, its buffers on the GPU and page-locked
 * staging memory on the host.
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
  private final List<InputSlot> inputs;
  private final List<InputBounds> bounds;
  private final List<OutputSlot> outputs;
  private final SessionGraph graph;
  private boolean isShapedByRun;
  private boolean isReleased;

  /** Set before the lock is taken, so that a thread that runs without pause lets go of it. */
  private volatile boolean isClosed;

  private ExecutionSession(
      Engine engine,
      CudaStream stream,
      Owned<IExecutionContext> context,
      List<InputBounds> bounds) {
    this.engine = engine;
    this.stream = stream;
    this.context = context;
    this.bounds = bounds;
    this.inputs = bounds.stream().map(InputSlot::new).toList();
    this.outputs = engine.outputs().stream().map(OutputSlot::new).toList();
    this.graph = new SessionGraph(stream, this::enqueuePlain);
  }

  static ExecutionSession create(Engine engine, int profile) {
    EngineHandle handle = engine.handle();
    engine.inputs().forEach(input -> requireOnDevice(handle, input));
    engine.outputs().forEach(output -> requireOnDevice(handle, output));
    Map<String, ShapeRange> ranges = engine.profile(profile).ranges();
    List<InputBounds> bounds =
        engine.inputs().stream().map(input -> InputBounds.of(input, ranges)).toList();
    CudaStream stream = CudaStream.create();
    ExecutionSession session = null;
    try {
      session = create(engine, bounds, profile, stream);
      return session;
    } finally {
      if (session == null) {
        stream.close();
      }
    }
  }

  private static ExecutionSession create(
      Engine engine, List<InputBounds> bounds, int profile, CudaStream stream) {
    Owned<IExecutionContext> context = engine.handle().newContext();
    ExecutionSession session = null;
    try {
      engine.handle().select(profile, context.get(), stream);
      session = new ExecutionSession(engine, stream, context, bounds);
      return session;
    } finally {
      if (session == null) {
        context.close();
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
   * @param tensors input name to tensor, one for every input; heap or direct, not kept
   * @return output name to tensor, in the order of the engine, in new heap memory
   * @throws EngineInputException if an input is missing, unknown, of another type, or of a shape
   *     outside the optimization profile; the session can go on
   * @throws CudaException if the memory of the GPU is exhausted or the GPU fails
   * @throws TensorRtException if TensorRT cannot run the engine
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(Map<String, Tensor> tensors) {
    return run(tensors, Map.of());
  }

  /**
   * Runs the engine once and writes outputs into memory of the caller, so that runs leave nothing
   * to the garbage collector but the tensors themselves.
   *
   * @param tensors input name to tensor, one for every input; heap or direct, not kept
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
  public Map<String, Tensor> run(Map<String, Tensor> tensors, Map<String, ByteBuffer> targets) {
    requireOpen();
    synchronized (lock) {
      stage(tensors);
      requireRoom(targets);
      enqueueInputs();
      enqueueCompute();
      enqueueOutputs();
      stream.synchronize();
      return read(targets);
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
  void stage(Map<String, Tensor> tensors) {
    requireOpen();
    InputBounds.verify(bounds, tensors);
    reshape(tensors);
    for (InputSlot input : inputs) {
      input.stage(tensor(tensors, input));
    }
  }

  /** Queues the copies of all inputs to the GPU. */
  void enqueueInputs() {
    for (InputSlot input : inputs) {
      input.enqueue(stream);
    }
  }

  /** Queues the work of the engine. */
  void enqueueCompute() {
    graph.run(!isShapedByRun);
  }

  /** Queues the copies of all outputs to the host. */
  void enqueueOutputs() {
    for (OutputSlot output : outputs) {
      output.enqueue(stream);
    }
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

  private void reshape(Map<String, Tensor> tensors) {
    boolean isDone = false;
    try {
      boolean isChanged = false;
      for (InputSlot input : inputs) {
        isChanged |= input.reshape(context.get(), tensor(tensors, input));
      }
      if (isChanged) {
        graph.forgetShapes();
        outputs.forEach(output -> output.reshape(context.get()));
        isShapedByRun = outputs.stream().anyMatch(OutputSlot::isShapedByRun);
      }
      isDone = true;
    } finally {
      if (!isDone) {
        // Some are set and some are not: the next run sets all.
        inputs.forEach(InputSlot::forgetShape);
      }
    }
  }

  private void requireRoom(Map<String, ByteBuffer> targets) {
    if (!targets.isEmpty()) {
      OutputBytes.requireKnown(engine.outputs(), targets);
      for (OutputSlot output : outputs) {
        output.requireRoom(targets.get(output.name()));
      }
    }
  }

  private void enqueuePlain() {
    boolean isQueued = context.get().enqueueV3(stream.handle());
    if (isShapedByRun) {
      outputs.forEach(OutputSlot::rethrow);
    }
    if (!isQueued) {
      throw new TensorRtException(
          "TensorRT could not run the engine: " + engine.handle().log().reason());
    }
  }

  private Map<String, Tensor> read(Map<String, ByteBuffer> targets) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (OutputSlot output : outputs) {
      tensors.put(output.name(), output.read(targets.get(output.name())));
    }
    return tensors;
  }

  private void release() {
    try (stream;
        context;
        graph) {
      // Closes the last first, and the rest also when one fails.
    } finally {
      inputs.forEach(InputSlot::close);
      outputs.forEach(OutputSlot::close);
      engine.closed(this);
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("session is closed");
    }
  }

  private static Tensor tensor(Map<String, Tensor> tensors, InputSlot input) {
    Tensor tensor = tensors.get(input.name());
    if (tensor == null) {
      throw new EngineInputException(input.name(), "missing", "a tensor");
    }
    return tensor;
  }

  private static void requireOnDevice(EngineHandle handle, EngineTensor tensor) {
    if (handle.isOnHost(tensor.name())) {
      throw new TensorRtException(
          "tensor '%s' of the engine holds a shape in memory of the host, expected data only"
              .formatted(tensor));
    }
  }
}
