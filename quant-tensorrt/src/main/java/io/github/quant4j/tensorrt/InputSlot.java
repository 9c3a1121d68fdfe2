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

  private final EngineTensor tensor;
  private final BytePointer nativeName;
  private final SlotMemory memory = new SlotMemory();
  private @Nullable Shape shape;

  InputSlot(EngineTensor tensor) {
    this.tensor = tensor;
    this.nativeName = new BytePointer(tensor.name());
  }

  String name() {
    return tensor.name();
  }

  /**
   * Tells a context the shape of a tensor if it is not that of the last one.
   *
   * @return whether the shape is another
   */
  boolean reshape(IExecutionContext context, Tensor given) {
    if (shape != null && given.shape().equals(shape)) {
      return false;
    }
    // Unknown until all went well, so that a failure is not taken for a shape that is set.
    shape = null;
    try (Dims64 dimensions = NativeDimensions.allocate(given.shape().toArray())) {
      if (!context.setInputShape(nativeName, dimensions)) {
        throw new EngineInputException(
            name(), given.toString(), "a shape that the engine can be run with");
      }
    }
    if (memory.reserve(given.bytes().remaining())) {
      memory.bind(context, nativeName, name());
    }
    shape = given.shape();
    return true;
  }

  /** Copies the elements to the staging memory. */
  void stage(Tensor given) {
    memory.staging().view().clear().put(given.bytes());
    memory.resize(given.bytes().remaining());
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
