/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;

/** Owns a CUDA event: a mark in a stream, with the time at which the GPU passed it. */
final class CudaEvent implements AutoCloseable {

  private final CUevent_st event;
  private final float[] elapsed = new float[1];
  private boolean isClosed;

  private CudaEvent(CUevent_st event) {
    this.event = event;
  }

  /** Creates an event that keeps time; whoever waits for it does so in a loop. */
  static CudaEvent create() {
    return create(cudart.cudaEventDefault);
  }

  /** Creates an event that keeps time; whoever waits for it sleeps. */
  static CudaEvent createBlocking() {
    return create(cudart.cudaEventBlockingSync);
  }

  private static CudaEvent create(int flags) {
    CUevent_st event = new CUevent_st();
    CudaCheck.check(cudart.cudaEventCreateWithFlags(event, flags), "creating a CUDA event");
    return new CudaEvent(event);
  }

  /** The handle, valid until {@link #close}. */
  CUevent_st handle() {
    if (isClosed) {
      throw new IllegalStateException("CUDA event is destroyed");
    }
    return event;
  }

  /** Queues this mark. */
  void record(CudaStream stream) {
    CudaCheck.check(cudart.cudaEventRecord(handle(), stream.handle()), "recording a CUDA event");
  }

  /** Waits until the GPU has passed the mark. */
  void synchronize() {
    CudaCheck.check(cudart.cudaEventSynchronize(handle()), "waiting for a CUDA event");
  }

  /**
   * The time between two marks that the GPU has both passed.
   *
   * @param start the earlier mark
   * @return milliseconds, with a resolution of about 0.5 microseconds
   */
  float millisecondsSince(CudaEvent start) {
    CudaCheck.check(
        cudart.cudaEventElapsedTime(elapsed, start.handle(), handle()),
        "reading the time between two CUDA events");
    return elapsed[0];
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      CudaCheck.check(cudart.cudaEventDestroy(event), "destroying a CUDA event");
    }
  }
}
