/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;

/** Calls of the CUDA runtime. */
final class CudaCalls {

  private CudaCalls() {}

  static CudaState state() {
    int[] runtime = new int[1];
    int[] driver = new int[1];
    int[] count = new int[1];
    cudart.cudaRuntimeGetVersion(runtime);
    cudart.cudaDriverGetVersion(driver);
    int status = cudart.cudaGetDeviceCount(count);
    int usable = status == cudart.cudaSuccess ? count[0] : 0;
    return new CudaState(
        runtime[0], driver[0], cudart.cudaGetErrorName(status).getString(), devices(usable));
  }

  /** The device that this thread uses. */
  static GpuDevice currentDevice() {
    int[] index = new int[1];
    CudaCheck.check(cudart.cudaGetDevice(index), "asking for the current GPU");
    return state().devices().get(index[0]);
  }

  private static List<GpuDevice> devices(int count) {
    List<GpuDevice> devices = new ArrayList<>(count);
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      for (int index = 0; index < count; index++) {
        int status = cudart.cudaGetDeviceProperties(properties, index);
        if (status != cudart.cudaSuccess) {
          throw new TensorRtException(
              "CUDA could not describe device %s: %s"
                  .formatted(index, cudart.cudaGetErrorName(status).getString()));
        }
        devices.add(
            new GpuDevice(
                properties.name().getString(),
                properties.major(),
                properties.minor(),
                properties.totalGlobalMem()));
      }
    }
    return devices;
  }
}
