/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether TensorRT can build engines in this process: either {@link Available} with what was found,
 * or {@link Unavailable} with what is missing. Immutable and thread-safe.
 */
public sealed interface Availability {

  /**
   * Whether TensorRT can be used.
   *
   * @return true for {@link Available}
   */
  boolean isAvailable();

  /**
   * The answer in words.
   *
   * @return one line without a trailing period
   */
  String summary();

  /**
   * TensorRT is there, and a builder could be created.
   *
   * @param tensorRtVersion the version of the loaded TensorRT, such as "10.6.0"
   * @param cudaRuntimeVersion the version of the loaded CUDA runtime, such as "12.6"
   * @param cudaDriverVersion the newest CUDA version that the driver serves, such as "13.0"
   * @param devices the GPUs that CUDA shows, by device number; at least one
   */
  record Available(
      String tensorRtVersion,
      String cudaRuntimeVersion,
      String cudaDriverVersion,
      List<GpuDevice> devices)
      implements Availability {

    /**
     * Creates the answer.
     *
     * @param tensorRtVersion the version of the loaded TensorRT
     * @param cudaRuntimeVersion the version of the loaded CUDA runtime
     * @param cudaDriverVersion the newest CUDA version that the driver serves
     * @param devices the GPUs that CUDA shows; copied
     */
    public Available {
      requireNonNull(tensorRtVersion, "tensorRtVersion");
      requireNonNull(cudaRuntimeVersion, "cudaRuntimeVersion");
      requireNonNull(cudaDriverVersion, "cudaDriverVersion");
      devices = List.copyOf(devices);
    }

    @Override
    public boolean isAvailable() {
      return true;
    }

    @Override
    public String summary() {
      return "TensorRT %s is available: CUDA runtime %s, driver for CUDA %s, devices %s"
          .formatted(
              tensorRtVersion,
              cudaRuntimeVersion,
              cudaDriverVersion,
              devices.stream().map(GpuDevice::name).toList());
    }
  }

  /**
   * TensorRT cannot be used.
   *
   * @param missing the first piece that is not there
   * @param reason what was found, in words
   * @param remedy how to get the missing piece, in words
   * @param cause what the JVM or the native code threw; null where nothing was thrown
   */
  record Unavailable(MissingPiece missing, String reason, String remedy, @Nullable Throwable cause)
      implements Availability {

    /**
     * Creates the answer.
     *
     * @param missing the first piece that is not there
     * @param reason what was found, in words
     * @param remedy how to get the missing piece, in words
     * @param cause what was thrown, or null
     */
    public Unavailable {
      requireNonNull(missing, "missing");
      requireNonNull(reason, "reason");
      requireNonNull(remedy, "remedy");
    }

    @Override
    public boolean isAvailable() {
      return false;
    }

    @Override
    public String summary() {
      return "TensorRT is not available: " + reason + "; " + remedy;
    }
  }
}
