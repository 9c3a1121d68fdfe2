/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/**
 * Owns a CUDA stream, the queue of work for the GPU. It does not wait for the default stream. Any
 * thread may use it, one at a time.
 */
final class CudaStream implements AutoCloseable {

  private final CUstream_st stream;
  private boolean isClosed;

  private CudaStream(CUstream_st stream) {
    this.stream = stream;
  }

  static CudaStream create() {
    CUstream_st stream = new CUstream_st();
    CudaCheck.check(
        cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking),
        "creating a CUDA stream");
    return new CudaStream(stream);
  }

  /** The handle, valid until {@link #close}. */
  CUstream_st handle() {
    if (isClosed) {
      throw new IllegalStateException("CUDA stream is destroyed");
    }
    return stream;
  }

  /** Queues a copy of the first bytes from the host to the GPU. */
  void copyToDevice(DeviceMemory target, PinnedMemory source, long byteCount) {
    CudaCheck.check(
        cudart.cudaMemcpyAsync(
            target.pointer(), source.pointer(), byteCount, cudart.cudaMemcpyHostToDevice, handle()),
        "copying an input to the GPU");
  }

  /** Queues a copy of the first bytes from the GPU to the host. */
  void copyToHost(PinnedMemory target, DeviceMemory source, long byteCount) {
    CudaCheck.check(
        cudart.cudaMemcpyAsync(
            target.pointer(), source.pointer(), byteCount, cudart.cudaMemcpyDeviceToHost, handle()),
        "copying an output from the GPU");
  }

  /** Waits until all that was queued is done; failures of that work surface here. */
  void synchronize() {
    CudaCheck.check(cudart.cudaStreamSynchronize(handle()), "running on the GPU");
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaStreamDestroy(stream), "destroying a CUDA stream");
    }
  }
}
