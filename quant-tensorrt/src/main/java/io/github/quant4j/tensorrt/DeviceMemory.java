/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.nio.ByteBuffer;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Owns a block of memory of the current GPU. One thread at a time. */
final class DeviceMemory implements AutoCloseable {

  private final Pointer block;
  private final long byteCount;
  private boolean isClosed;

  private DeviceMemory(Pointer block, long byteCount) {
    this.block = block;
    this.byteCount = byteCount;
  }

  /**
   * Allocates memory.
   *
   * @param byteCount how many bytes, from 0; one byte is allocated for none, as TensorRT wants an
   *     address for an empty tensor too
   * @throws CudaException if the memory of the device is exhausted
   */
  static DeviceMemory allocate(long byteCount) {
    if (byteCount < 0) {
      throw new IllegalArgumentException("byteCount is " + byteCount + ", expected 0 or more");
    }
    Pointer block = new Pointer();
    CudaCheck.check(
        cudart.cudaMalloc(block, Math.max(1, byteCount)), "allocating memory of the GPU");
    return new DeviceMemory(block, byteCount);
  }

  /** The address, valid until {@link #close}. */
  Pointer pointer() {
    requireOpen();
    return block;
  }

  long byteCount() {
    return byteCount;
  }

  /**
   * Copies the remaining bytes of a buffer to the start of the block and waits for it.
   *
   * @param source a direct or heap buffer; its position is not moved
   */
  void copyFrom(ByteBuffer source) {
    requireOpen();
    int count = requireFits(source.remaining());
    if (count > 0) {
      try (BytePointer host = hostCopy(source)) {
        CudaCheck.check(
            cudart.cudaMemcpy(block, host, count, cudart.cudaMemcpyHostToDevice),
            "copying to the GPU");
      }
    }
  }

  /**
   * Fills the remaining part of a buffer from the start of the block and waits for it.
   *
   * @param target a direct or heap buffer; its position is not moved
   */
  void copyTo(ByteBuffer target) {
    requireOpen();
    int count = requireFits(target.remaining());
    if (count > 0) {
      try (BytePointer host = new BytePointer(count)) {
        CudaCheck.check(
            cudart.cudaMemcpy(host, block, count, cudart.cudaMemcpyDeviceToHost),
            "copying from the GPU");
        target.duplicate().put(host.asByteBuffer());
      }
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaFree(block), "freeing memory of the GPU");
    }
  }

  private static BytePointer hostCopy(ByteBuffer source) {
    BytePointer copy = new BytePointer(source.remaining());
    copy.asByteBuffer().put(source.duplicate());
    return copy;
  }

  private int requireFits(int count) {
    if (count > byteCount) {
      throw new IllegalArgumentException(
          "buffer has %s bytes remaining, expected at most the %s of the block"
              .formatted(count, byteCount));
    }
    return count;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("memory of the GPU is freed");
    }
  }
}
