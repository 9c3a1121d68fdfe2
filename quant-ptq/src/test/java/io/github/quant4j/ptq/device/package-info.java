/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What TensorRT makes of Q/DQ pairs on the GPU at hand: small networks that differ in one
 * placement, built, timed in turn and compared with ONNX Runtime.
 *
 * <p>A {@link io.github.quant4j.ptq.device.Question} is a few variants of a network. The tests
 * tagged {@code gpu} print a line for each variant and assert what holds on every GPU; {@code
 * DeviceNetworksTest} runs the same networks in ONNX Runtime without one.
 */
@NullMarked
package io.github.quant4j.ptq.device;

import org.jspecify.annotations.NullMarked;
