/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IOutputAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one output of a session, on the GPU and on the host, as large as the largest tensor
 * so far. Makes no native object while shapes stay the same.
 *
 * <p>Where the shape depends on the values of the inputs, as that of NonZero does, TensorRT tells
 * it in the run and asks for memory then; what it can need at most is made ready before unless that
 * is very much.
 */
final class OutputSlot implements AutoCloseable, OutputTarget {

  /** Up to here memory is made for the largest output that the shapes of the inputs allow. */
  private static final long MOST_BYTES_AHEAD = 64L << 20;

  private final EngineTensor tensor;
  private final BytePointer nativeName;
  private final SlotMemory memory = new SlotMemory();
  private Shape shape = Shape.of();

  /** Whether the run whose output is copied next told its shape. */
  private boolean hasToldShape;

  /** There when the shape depends on values. */
  private @Nullable OutputAllocator allocator;

  OutputSlot(EngineTensor tensor) {
    this.tensor = tensor;
    this.nativeName = new BytePointer(tensor.name());
  }

  String name() {
    return tensor.name();
  }

  /** Whether the shape depends on the values of the inputs; known after {@link #reshape}. */
  boolean isShapedByRun() {
    return allocator != null;
  }

  /**
   * Asks a context for the shape that follows from those of the inputs, and makes room for it.
   *
   * @throws TensorRtException if the shape depends on values, and that is not supported here
   */
  void reshape(IExecutionContext context) {
    long[] dimensions = NativeDimensions.take(context.getTensorShape(nativeName));
    if (dimensions == null) {
      throw new TensorRtException("TensorRT tells no shape of output '%s'".formatted(name()));
    }
    if (Arrays.stream(dimensions).anyMatch(size -> size < 0)) {
      allocateInRuns(context);
      return;
    }
    shape = Shape.of(dimensions);
    int byteCount = OutputBytes.count(tensor, shape);
    if (memory.reserve(byteCount)) {
      memory.bind(context, nativeName, name());
    }
    memory.resize(byteCount);
  }

  private void allocateInRuns(IExecutionContext context) {
    if (allocator == null) {
      OutputAllocator made =
          HandMade.make(
              HostPlatform.from(System.getProperties()),
              "output '%s' with a shape that depends on values".formatted(name()),
              () -> new OutputAllocator(this));
      if (!context.setOutputAllocator(
          nativeName, new IOutputAllocator(new Address(made.address())))) {
        made.close();
        throw new TensorRtException(
            "TensorRT does not take an allocator for output '%s'".formatted(name()));
      }
      allocator = made;
    }
    long most = context.getMaxOutputSize(nativeName);
    memory.reserveDevice(Math.min(Math.max(most, 0), MOST_BYTES_AHEAD));
  }

  @Override
  public long reserve(long byteCount) {
    memory.reserveDevice(byteCount);
    return memory.device().pointer().address();
  }

  @Override
  public void shaped(long... dimensions) {
    if (Arrays.stream(dimensions).anyMatch(size -> size < 0)) {
      throw new TensorRtException(
          "TensorRT told a shape %s of output '%s' in the run, expected sizes of 0 or more"
              .formatted(Arrays.toString(dimensions), name()));
    }
    shape = Shape.of(dimensions);
    hasToldShape = true;
  }

  /** Throws what went wrong when TensorRT asked for memory or told the shape. */
  void rethrow() {
    OutputAllocator asked = allocator;
    if (asked != null) {
      asked.rethrow();
    }
  }

  /** Returns when the output fits, as far as the shape is known before the run. */
  void requireRoom(@Nullable ByteBuffer target) {
    if (target != null && !isShapedByRun()) {
      OutputBytes.requireRoom(tensor, shape, target);
    }
  }

  /** Queues the copy from the GPU. */
  void enqueue(CudaStream stream) {
    if (isShapedByRun()) {
      if (!hasToldShape) {
        throw new TensorRtException("TensorRT told no shape of output '%s'".formatted(name()));
      }
      hasToldShape = false;
      int byteCount = OutputBytes.count(tensor, shape);
      memory.reserveStaging(byteCount);
      memory.resize(byteCount);
    }
    memory.enqueueToHost(stream);
  }

  /**
   * A tensor of what has arrived on the host.
   *
   * @param target where to copy it; null for new heap memory
   * @throws EngineOutputException if a shape that the run told does not fit the target
   */
  Tensor read(@Nullable ByteBuffer target) {
    if (target != null && isShapedByRun()) {
      OutputBytes.requireRoom(tensor, shape, target);
    }
    ByteBuffer staged = memory.staging().view().clear().limit(memory.byteCount());
    return OutputBytes.copy(tensor, shape, staged, target);
  }

  /** Frees the memory, after the context. */
  @Override
  public void close() {
    OutputAllocator made = allocator;
    allocator = null;
    try (made;
        memory;
        nativeName) {
      // Closes all of them, also when one fails.
    }
  }
}
