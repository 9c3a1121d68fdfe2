/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.util.Set;

/**
 * What decides the outcome of a calibration run besides its source. Immutable.
 *
 * @param modelDigest the digest of the model
 * @param tensors the names of the observed tensors
 * @param hasHistograms whether histograms are kept
 * @param convergence when ranges count as settled
 */
record CalibrationSetup(
    String modelDigest, Set<String> tensors, boolean hasHistograms, Convergence convergence) {

  CalibrationSetup {
    tensors = Set.copyOf(tensors);
  }
}
