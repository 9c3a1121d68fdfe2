/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one input of a session: staging on the host, a buffer on the GPU, both as large as
 * the largest tensor so far. Makes no native object while shapes stay the same.
 */
final class InputSlot implements AutoCloseable {

  private final InputBounds bounds;
  private final BytePointer nativeName;
  private final SlotMemory memory = new SlotMemory();
  private @Nullable Shape shape;

  InputSlot(InputBounds bounds) {
    this.bounds = bounds;
    this.nativeName = new BytePointer(bounds.tensor().name());
  }

  InputBounds bounds() {
    return bounds;
  }

  String name() {
    return bounds.tensor().name();
  }

  /**
   * Tells a context the shape of a tensor if it is not that of the last one.
   *
   * @return whether the shape is another
   */
  boolean reshape(IExecutionContext context, Tensor tensor) {
    if (shape != null && tensor.shape().equals(shape)) {
      return false;
    }
    // Unknown until all went well, so that a failure is not taken for a shape that is set.
    shape = null;
    try (Dims64 dimensions = NativeDimensions.allocate(tensor.shape().toArray())) {
      if (!context.setInputShape(nativeName, dimensions)) {
        throw new EngineInputException(
            name(), tensor.toString(), "a shape that the engine can be run with");
      }
    }
    if (memory.reserve(tensor.bytes().remaining())) {
      memory.bind(context, nativeName, name());
    }
    shape = tensor.shape();
    return true;
  }

  /** Copies the elements to the staging memory. */
  void stage(Tensor tensor) {
    memory.staging().view().clear().put(tensor.bytes());
    memory.resize(tensor.bytes().remaining());
  }

  /** Queues the copy to the GPU. */
  void enqueue(CudaStream stream) {
    memory.enqueueToDevice(stream);
  }

  /** Makes the next tensor count as one of another shape. */
  void forgetShape() {
    shape = null;
  }

  @Override
  public void close() {
    memory.close();
    nativeName.close();
  }
}
