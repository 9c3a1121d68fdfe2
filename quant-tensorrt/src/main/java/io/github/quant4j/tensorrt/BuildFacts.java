/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.time.Duration;
import java.util.List;

/**
 * What is known of a build.
 *
 * @param time how long it took
 * @param warnings what TensorRT warned of
 * @param tensorRtVersion which TensorRT built
 * @param device the GPU
 * @param hasHostCode whether the plan holds code that runs on the host
 * @param options how it was built, in words
 */
record BuildFacts(
    Duration time,
    List<String> warnings,
    String tensorRtVersion,
    GpuDevice device,
    boolean hasHostCode,
    String options) {

  BuildFacts {
    warnings = List.copyOf(warnings);
  }
}
