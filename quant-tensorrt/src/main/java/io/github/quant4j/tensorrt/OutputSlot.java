/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;

/**
 * The memory of one output of a session, on the GPU and on the host, as large as the largest tensor
 * so far. Makes no native object while shapes stay the same.
 */
final class OutputSlot implements AutoCloseable {

  private final EngineTensor tensor;
  private final BytePointer nativeName;
  private final SlotMemory memory = new SlotMemory();
  private Shape shape = Shape.of();

  OutputSlot(EngineTensor tensor) {
    this.tensor = tensor;
    this.nativeName = new BytePointer(tensor.name());
  }

  String name() {
    return tensor.name();
  }

  /** Asks a context for the shape that follows from those of the inputs, and makes room for it. */
  void reshape(IExecutionContext context) {
    long[] dimensions = NativeDimensions.take(context.getTensorShape(nativeName));
    if (dimensions == null || Arrays.stream(dimensions).anyMatch(size -> size < 0)) {
      throw new TensorRtException(
          "output '%s' has a shape %s that depends on the values of the inputs, expected one that"
                  .formatted(name(), Arrays.toString(dimensions))
              + " follows from their shapes; take the operator out of the model");
    }
    shape = Shape.of(dimensions);
    long bits = Math.multiplyExact(shape.elementCount(), (long) tensor.elementType().bitWidth());
    int byteCount = Math.toIntExact((bits + Byte.SIZE - 1) / Byte.SIZE);
    if (memory.reserve(byteCount)) {
      memory.bind(context, nativeName, name());
    }
    memory.resize(byteCount);
  }

  /** Queues the copy from the GPU. */
  void enqueue(CudaStream stream) {
    memory.enqueueToHost(stream);
  }

  /** A tensor with a copy of what has arrived on the host. */
  Tensor read() {
    byte[] copy = new byte[memory.byteCount()];
    memory.staging().view().clear().get(copy);
    return Tensor.of(tensor.elementType(), shape, ByteBuffer.wrap(copy));
  }

  @Override
  public void close() {
    memory.close();
    nativeName.close();
  }
}
