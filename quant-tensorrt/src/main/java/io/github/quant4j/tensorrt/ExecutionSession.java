/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an engine: an execution context with its stream, its buffers on the GPU and page-locked
 * staging memory on the host.
 *
 * <p>Buffers grow to the largest shapes seen and stay until {@link #close}. A run of the shapes of
 * the run before makes no native object. Runs and close of one session wait for each other, so
 * several threads want several sessions, see {@link SessionPool}.
 */
public final class ExecutionSession implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(ExecutionSession.class);

  private final Object lock = new Object();
  private final Engine engine;
  private final CudaStream stream;
  private final Owned<IExecutionContext> context;
  private final List<InputSlot> inputs;
  private final List<InputBounds> bounds;
  private final List<OutputSlot> outputs;
  private boolean isGraphWanted;
  private boolean hasRunWithTheseShapes;
  private boolean isReleased;
  private @Nullable CudaGraph graph;

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
  }

  static ExecutionSession create(Engine engine) {
    EngineHandle handle = engine.handle();
    List<InputBounds> bounds = new ArrayList<>();
    for (EngineTensor input : engine.inputs()) {
      requireOnDevice(handle, input);
      bounds.add(handle.bounds(input));
    }
    engine.outputs().forEach(output -> requireOnDevice(handle, output));
    Owned<IExecutionContext> context = handle.newContext();
    ExecutionSession session = null;
    try {
      session = new ExecutionSession(engine, CudaStream.create(), context, List.copyOf(bounds));
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
   * again after a change. Where an engine cannot be captured, runs go on without. Off by default.
   *
   * @param wanted whether to use a graph
   * @return this session
   * @throws IllegalStateException if the session is closed
   */
  public ExecutionSession withCudaGraph(boolean wanted) {
    synchronized (lock) {
      requireOpen();
      isGraphWanted = wanted;
      if (!wanted) {
        dropGraph();
      }
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
    requireOpen();
    synchronized (lock) {
      stage(tensors);
      enqueueInputs();
      enqueueCompute();
      enqueueOutputs();
      stream.synchronize();
      return read();
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
    if (isGraphWanted && hasRunWithTheseShapes && graph == null) {
      captureGraph();
    }
    CudaGraph captured = graph;
    if (captured == null) {
      enqueuePlain();
    } else {
      captured.launch(stream);
    }
    hasRunWithTheseShapes = true;
  }

  /** Queues the copies of all outputs to the host. */
  void enqueueOutputs() {
    for (OutputSlot output : outputs) {
      output.enqueue(stream);
    }
  }

  /** What the last run brought to the host. */
  Map<String, Tensor> read() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (OutputSlot output : outputs) {
      tensors.put(output.name(), output.read());
    }
    return tensors;
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
        dropGraph();
        hasRunWithTheseShapes = false;
        outputs.forEach(output -> output.reshape(context.get()));
      }
      isDone = true;
    } finally {
      if (!isDone) {
        // Some are set and some are not: the next run sets all.
        inputs.forEach(InputSlot::forgetShape);
      }
    }
  }

  private void captureGraph() {
    try {
      graph = CudaGraph.capture(stream, this::enqueuePlain);
    } catch (TensorRtException e) {
      isGraphWanted = false;
      LOGGER.warn("engine cannot be captured as a CUDA graph, runs go on without one", e);
    }
  }

  private void enqueuePlain() {
    if (!context.get().enqueueV3(stream.handle())) {
      throw new TensorRtException(
          "TensorRT could not run the engine: " + engine.handle().log().reason());
    }
  }

  private void dropGraph() {
    CudaGraph old = graph;
    graph = null;
    if (old != null) {
      old.close();
    }
  }

  private void release() {
    try (stream;
        context) {
      dropGraph();
      inputs.forEach(InputSlot::close);
      outputs.forEach(OutputSlot::close);
    } finally {
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
