/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

/**
 * What became of a defect.
 *
 * @param outcome whether it is mended
 * @param text what was done, or why nothing was and what the user can do; one line
 */
public record Remedy(Outcome outcome, String text) {

  /** Whether a defect is mended. */
  public enum Outcome {
    /** It is mended; by the linter: the repair mends it. */
    REPAIRED,
    /** It cannot be mended without a decision or data that only the user has. */
    REFUSED,
    /** It is left as it is, since that does no harm. */
    KEPT
  }

  /**
   * Checks that both are there.
   *
   * @param outcome whether it is mended
   * @param text what was done, or why nothing was
   */
  public Remedy {
    requireNonNull(outcome, "outcome");
    requireNonNull(text, "text");
  }
}
