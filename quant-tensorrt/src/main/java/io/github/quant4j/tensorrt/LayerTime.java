/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

/**
 * How long one layer of an engine takes on the GPU. Immutable and thread-safe.
 *
 * @param layer the name that TensorRT gives it, such as {@code conv1 + relu1}
 * @param medianMilliseconds the median of all runs
 * @param share the part of the sum over all layers, from 0 to 1
 */
public record LayerTime(String layer, double medianMilliseconds, double share) {

  /**
   * Creates the time of a layer.
   *
   * @param layer the name
   * @param medianMilliseconds the median of all runs
   * @param share the part of the sum over all layers, from 0 to 1
   */
  public LayerTime {
    requireNonNull(layer, "layer");
  }
}
