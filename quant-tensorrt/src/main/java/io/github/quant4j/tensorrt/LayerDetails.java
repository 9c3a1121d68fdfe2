/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How TensorRT computes a layer of an engine. Immutable and thread-safe; whatever TensorRT does not
 * tell is empty.
 *
 * @param tactic the name of the kernel, or its number where it has no name
 * @param origin what a Reformat layer was made for: {@code QDQ} where it quantizes or dequantizes,
 *     {@code REFORMAT} where it changes the layout between two layers
 * @param weights the type of the weights of a convolution
 * @param hasResidual whether a convolution adds its second input to the result
 * @param nodes the names of the ONNX nodes that the layer computes
 */
public record LayerDetails(
    String tactic, String origin, String weights, boolean hasResidual, List<String> nodes) {

  /** Where only the name of a layer is known. */
  static final LayerDetails NONE = new LayerDetails("", "", "", false, List.of());

  /**
   * Creates details.
   *
   * @param tactic the name of the kernel
   * @param origin what a Reformat layer was made for
   * @param weights the type of the weights
   * @param hasResidual whether the second input is added to the result
   * @param nodes the names of ONNX nodes; copied
   */
  public LayerDetails {
    requireNonNull(tactic, "tactic");
    requireNonNull(origin, "origin");
    requireNonNull(weights, "weights");
    nodes = List.copyOf(nodes);
  }
}
