/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Locale;

/**
 * A way to place INT8 in a model that was timed on a GPU. Immutable and thread-safe.
 *
 * @param placement which part of the model was INT8, in words
 * @param ratio the time of its engine over that of the float model in FP16, both timed in turn;
 *     infinite where it could not be built or run
 */
public record PlacementTrial(String placement, double ratio) {
  /**
   * Returns placement and time.
   *
   * @return e.g. {@code INT8 as planned: 1.291 of the FP16 time}
   */
  @Override
  public String toString() {
    return Double.isInfinite(ratio)
        ? placement + ": could not be built or run"
        : String.format(Locale.ROOT, "%s: %.3f of the FP16 time", placement, ratio);
  }
}
