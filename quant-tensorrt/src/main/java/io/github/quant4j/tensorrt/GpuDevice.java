/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

/**
 * One GPU that CUDA shows to this process. Immutable and thread-safe.
 *
 * @param name the product name, such as "NVIDIA H200"
 * @param computeMajor the major part of the compute capability, 9 for an H200
 * @param computeMinor the minor part of the compute capability, 0 for an H200
 * @param memoryBytes the memory of the device in bytes
 */
public record GpuDevice(String name, int computeMajor, int computeMinor, long memoryBytes) {

  /**
   * Creates a description of a GPU.
   *
   * @param name the product name
   * @param computeMajor the major part of the compute capability
   * @param computeMinor the minor part of the compute capability
   * @param memoryBytes the memory of the device in bytes
   */
  public GpuDevice {
    requireNonNull(name, "name");
  }
}
