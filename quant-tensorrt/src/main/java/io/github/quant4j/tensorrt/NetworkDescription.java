/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Set;

/**
 * What the rules of a build need to know of a parsed network.
 *
 * @param inputs its inputs
 * @param isQuantized whether it has a layer that quantizes or dequantizes
 * @param hasShortFloats whether it has a tensor of 16-bit floats; only a strongly typed network
 *     knows
 * @param layers the names of its layers, those of the ONNX nodes among them
 */
record NetworkDescription(
    List<EngineTensor> inputs, boolean isQuantized, boolean hasShortFloats, Set<String> layers) {}
