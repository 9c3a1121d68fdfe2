/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Optional;

/**
 * Which engine of a comparison to take. Immutable and thread-safe.
 *
 * @param verdict what kind of answer it is
 * @param name the row to take, empty for {@link Verdict#NONE}
 * @param reason why, in one line, with the name in front where there is one
 */
public record EngineRecommendation(Verdict verdict, Optional<String> name, String reason) {

  /** The kinds of answers. */
  public enum Verdict {
    /** Another engine than the baseline keeps the accuracy and is faster by enough. */
    FASTER,

    /** No other engine that keeps the accuracy is faster than the baseline by enough. */
    BASELINE,

    /** The baseline does not keep the accuracy; the fastest engine that does, be it slower. */
    ACCURATE,

    /** No engine was timed, or none keeps the accuracy. */
    NONE
  }

  /**
   * Returns the reason.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return reason;
  }
}
