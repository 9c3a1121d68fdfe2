/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.global.cudart;
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

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaFree(block), "freeing memory of the GPU");
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("memory of the GPU is freed");
    }
  }
}
