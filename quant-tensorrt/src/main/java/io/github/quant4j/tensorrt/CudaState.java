/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;

/**
 * What CUDA answers about itself.
 *
 * @param runtimeVersion the version of the runtime: major * 1000 + minor * 10
 * @param driverVersion the newest version that the driver serves, in the same form; 0 without
 *     driver
 * @param status the name of the answer to the question for devices, "cudaSuccess" if all is well
 * @param devices the visible devices, by number
 */
record CudaState(int runtimeVersion, int driverVersion, String status, List<GpuDevice> devices) {

  static final String INSUFFICIENT_DRIVER = "cudaErrorInsufficientDriver";

  CudaState {
    devices = List.copyOf(devices);
  }

  String runtime() {
    return text(runtimeVersion);
  }

  String driver() {
    return text(driverVersion);
  }

  private static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
