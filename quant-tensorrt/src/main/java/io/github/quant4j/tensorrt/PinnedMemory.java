/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Owns page-locked memory of the host, from and to which the GPU copies by itself. One thread at a
 * time.
 */
final class PinnedMemory implements AutoCloseable {

  private final Pointer block;
  private final ByteBuffer view;
  private boolean isClosed;

  private PinnedMemory(Pointer block, ByteBuffer view) {
    this.block = block;
    this.view = view;
  }

  /**
   * Allocates memory.
   *
   * @param byteCount how many bytes, from 0
   * @throws CudaException if that much memory cannot be locked
   */
  static PinnedMemory allocate(int byteCount) {
    if (byteCount < 0) {
      throw new IllegalArgumentException("byteCount is " + byteCount + ", expected 0 or more");
    }
    int allocated = Math.max(1, byteCount);
    Pointer block = new Pointer();
    CudaCheck.check(
        cudart.cudaMallocHost(block, allocated), "allocating page-locked memory of the host");
    ByteBuffer view = new BytePointer(block).capacity(allocated).asByteBuffer();
    return new PinnedMemory(block, view.limit(byteCount).slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** The address, valid until {@link #close}. */
  Pointer pointer() {
    requireOpen();
    return block;
  }

  int byteCount() {
    return view.capacity();
  }

  /**
   * The whole block as one buffer that is the same object in every call; set position and limit
   * before use. Not to be touched after {@link #close}.
   */
  ByteBuffer view() {
    requireOpen();
    return view;
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaFreeHost(block), "freeing page-locked memory of the host");
    }
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("page-locked memory is freed");
    }
  }
}
