/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;

/** The inputs and outputs of one session with their memory. One thread at a time. */
final class SessionTensors implements AutoCloseable {

  private final Engine engine;
  private final List<InputBounds> bounds;
  private final List<InputSlot> inputs;
  private final List<OutputSlot> outputs;
  private boolean isShapedByRun;

  /**
   * Creates tensors without memory.
   *
   * @param profile the optimization profile of the session
   * @throws TensorRtException if TensorRT wants one of them in memory of the host
   */
  SessionTensors(Engine engine, int profile) {
    this.engine = engine;
    engine.inputs().forEach(input -> requireOnDevice(engine.handle(), input));
    engine.outputs().forEach(output -> requireOnDevice(engine.handle(), output));
    Map<String, ShapeRange> ranges = engine.profile(profile).ranges();
    this.bounds = engine.inputs().stream().map(input -> InputBounds.of(input, ranges)).toList();
    this.inputs = engine.inputs().stream().map(InputSlot::new).toList();
    this.outputs = engine.outputs().stream().map(OutputSlot::new).toList();
  }

  /** Whether the shape of an output depends on values; known after {@link #reshape}. */
  boolean isShapedByRun() {
    return isShapedByRun;
  }

  /** Returns when the tensors are those that the engine takes. */
  void verify(Map<String, Tensor> tensors) {
    InputBounds.verify(bounds, tensors);
  }

  /**
   * Tells a context the shapes that are others than those of the last run, and makes room.
   *
   * @return whether there were such
   */
  boolean reshape(IExecutionContext context, Map<String, Tensor> tensors) {
    boolean isDone = false;
    try {
      boolean isChanged = false;
      for (InputSlot input : inputs) {
        isChanged |= input.reshape(context, tensor(tensors, input));
      }
      if (isChanged) {
        outputs.forEach(output -> output.reshape(context));
        isShapedByRun = outputs.stream().anyMatch(OutputSlot::isShapedByRun);
      }
      isDone = true;
      return isChanged;
    } finally {
      if (!isDone) {
        // Some are set and some are not: the next run sets all.
        inputs.forEach(InputSlot::forgetShape);
      }
    }
  }

  /** Brings inputs to the staging memory. */
  void stage(Map<String, Tensor> tensors) {
    for (InputSlot input : inputs) {
      input.stage(tensor(tensors, input));
    }
  }

  /** Returns when all outputs fit, as far as shapes are known before the run. */
  void requireRoom(Map<String, ByteBuffer> targets) {
    if (!targets.isEmpty()) {
      OutputBytes.requireKnown(engine.outputs(), targets);
      for (OutputSlot output : outputs) {
        output.requireRoom(targets.get(output.name()));
      }
    }
  }

  /** Queues the copies of all inputs to the GPU. */
  void enqueueInputs(CudaStream stream) {
    for (InputSlot input : inputs) {
      input.enqueue(stream);
    }
  }

  /** Throws what went wrong when TensorRT asked for the memory of an output. */
  void rethrow() {
    if (isShapedByRun) {
      outputs.forEach(OutputSlot::rethrow);
    }
  }

  /** Queues the copies of all outputs to the host. */
  void enqueueOutputs(CudaStream stream) {
    for (OutputSlot output : outputs) {
      output.enqueue(stream);
    }
  }

  /** What the last run brought to the host, in the targets where there are such. */
  Map<String, Tensor> read(Map<String, ByteBuffer> targets) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (OutputSlot output : outputs) {
      tensors.put(output.name(), output.read(targets.get(output.name())));
    }
    return tensors;
  }

  /** Frees the memory, after the context. */
  @Override
  public void close() {
    inputs.forEach(InputSlot::close);
    outputs.forEach(OutputSlot::close);
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
