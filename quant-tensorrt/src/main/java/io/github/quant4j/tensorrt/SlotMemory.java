/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.jspecify.annotations.Nullable;

/** A block on the GPU with one on the host beside it; both grow and never shrink. */
final class SlotMemory implements AutoCloseable {

  private @Nullable DeviceMemory device;
  private @Nullable PinnedMemory staging;
  private int byteCount;

  /**
   * Makes room on both sides.
   *
   * @return whether the block on the GPU is new
   */
  boolean reserve(int byteCount) {
    reserveStaging(byteCount);
    return reserveDevice(byteCount);
  }

  /**
   * Makes room on the GPU.
   *
   * @return whether the block is new
   */
  boolean reserveDevice(long byteCount) {
    DeviceMemory old = device;
    if (old != null && old.byteCount() >= byteCount) {
      return false;
    }
    device = null;
    if (old != null) {
      old.close();
    }
    device = DeviceMemory.allocate(byteCount);
    return true;
  }

  /** Makes room on the host. */
  void reserveStaging(int byteCount) {
    PinnedMemory old = staging;
    if (old != null && old.byteCount() >= byteCount) {
      return;
    }
    staging = null;
    if (old != null) {
      old.close();
    }
    staging = PinnedMemory.allocate(byteCount);
  }

  /** Sets how many bytes the copies take. */
  void resize(int byteCount) {
    this.byteCount = byteCount;
  }

  /** Tells a context where the tensor lies on the GPU. */
  void bind(IExecutionContext context, BytePointer nativeName, String name) {
    if (!context.setTensorAddress(nativeName, device().pointer())) {
      throw new TensorRtException(
          "TensorRT does not take the memory of tensor '%s'".formatted(name));
    }
  }

  DeviceMemory device() {
    return required(device);
  }

  PinnedMemory staging() {
    return required(staging);
  }

  void enqueueToDevice(CudaStream stream) {
    if (byteCount > 0) {
      stream.copyToDevice(device(), staging(), byteCount);
    }
  }

  void enqueueToHost(CudaStream stream) {
    if (byteCount > 0) {
      stream.copyToHost(staging(), device(), byteCount);
    }
  }

  int byteCount() {
    return byteCount;
  }

  /** Frees both blocks. */
  @Override
  public void close() {
    PinnedMemory oldStaging = staging;
    DeviceMemory oldDevice = device;
    staging = null;
    device = null;
    byteCount = 0;
    try (oldStaging;
        oldDevice) {
      // Closes what is there, the second also when the first fails.
    }
  }

  private static <T> T required(@Nullable T block) {
    if (block == null) {
      throw new IllegalStateException("memory of a tensor is used before its shape is known");
    }
    return block;
  }
}
