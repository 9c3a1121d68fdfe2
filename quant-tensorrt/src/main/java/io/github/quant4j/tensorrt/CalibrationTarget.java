/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Set;

/**
 * What is to be calibrated.
 *
 * @param digest the digest of the model, "sha256:..."
 * @param inputs the inputs of the network
 * @param tensors the names of all tensors of the network
 * @param libraryVersion the number of getInferLibVersion()
 */
record CalibrationTarget(
    String digest, List<EngineTensor> inputs, Set<String> tensors, int libraryVersion) {}
