/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.tensorrt.Availability;

/**
 * Where engines were compared. Immutable and thread-safe.
 *
 * @param gpu the product name, such as "NVIDIA H200"
 * @param cudaDriverVersion the newest CUDA version that the driver serves, such as "13.0"
 * @param cudaRuntimeVersion the version of the CUDA runtime, such as "12.6"
 * @param tensorRtVersion the version of TensorRT, such as "10.6.0"
 */
public record ComparisonEnvironment(
    String gpu, String cudaDriverVersion, String cudaRuntimeVersion, String tensorRtVersion) {

  static ComparisonEnvironment of(Availability.Available found) {
    return new ComparisonEnvironment(
        found.devices().get(0).name(),
        found.cudaDriverVersion(),
        found.cudaRuntimeVersion(),
        found.tensorRtVersion());
  }

  /**
   * Returns all of it in words.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return "%s, driver for CUDA %s, CUDA runtime %s, TensorRT %s"
        .formatted(gpu, cudaDriverVersion, cudaRuntimeVersion, tensorRtVersion);
  }
}
