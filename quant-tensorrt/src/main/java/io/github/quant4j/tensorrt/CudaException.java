/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** A call of the CUDA runtime failed, or TensorRT got no memory from it. */
public final class CudaException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** The number of cudaErrorMemoryAllocation in every version of CUDA. */
  private static final int OUT_OF_MEMORY = 2;

  /** What the call returned. */
  private final int status;

  /** The name of the status. */
  private final String statusName;

  CudaException(String what, int status, String statusName, String text) {
    super(
        "%s failed: %s (%s)%s"
            .formatted(
                what,
                statusName,
                text,
                status == OUT_OF_MEMORY
                    ? "; close sessions and engines that are not needed, or lower the batch size"
                    : ""));
    this.status = status;
    this.statusName = statusName;
  }

  /** Where TensorRT asked CUDA for memory and told only in words that there was none. */
  static CudaException outOfMemory(String what, String text) {
    return new CudaException(what, OUT_OF_MEMORY, "cudaErrorMemoryAllocation", text);
  }

  /**
   * Returns the number that CUDA answered.
   *
   * @return a value of {@code cudaError_t}, never 0
   */
  public int status() {
    return status;
  }

  /**
   * Returns the name that CUDA gives to the status.
   *
   * @return such as "cudaErrorMemoryAllocation"
   */
  public String statusName() {
    return statusName;
  }

  /**
   * Whether memory of the device, or pinned memory of the host, ran out. Everything else still
   * works then.
   *
   * @return true for cudaErrorMemoryAllocation
   */
  public boolean isOutOfMemory() {
    return status == OUT_OF_MEMORY;
  }
}
