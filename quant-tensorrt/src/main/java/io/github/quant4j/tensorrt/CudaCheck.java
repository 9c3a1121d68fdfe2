/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.global.cudart;

/** Turns what calls of the CUDA runtime answer into exceptions. */
final class CudaCheck {

  private CudaCheck() {}

  /**
   * Returns when a call went well.
   *
   * @param status what the call returned
   * @param what the call in words, such as "copying an input to the GPU"; a constant, as this is on
   *     the way of every run
   * @throws CudaException if the status is not success
   */
  static void check(int status, String what) {
    if (status != cudart.cudaSuccess) {
      throw failure(status, what);
    }
  }

  private static CudaException failure(int status, String what) {
    // Or the next call that asks for the last error would find this one.
    cudart.cudaGetLastError();
    return new CudaException(
        what,
        status,
        cudart.cudaGetErrorName(status).getString(),
        cudart.cudaGetErrorString(status).getString());
  }
}
