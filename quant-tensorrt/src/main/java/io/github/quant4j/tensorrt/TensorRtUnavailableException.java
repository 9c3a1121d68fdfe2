/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.tensorrt.Availability.Unavailable;

/**
 * TensorRT was asked for where it cannot be used. The message says what is missing and the remedy.
 */
public final class TensorRtUnavailableException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** The missing piece. */
  private final MissingPiece missing;

  /** What was found. */
  private final String reason;

  /** How to get the piece. */
  private final String remedy;

  TensorRtUnavailableException(Unavailable availability) {
    super(availability.summary());
    missing = availability.missing();
    reason = availability.reason();
    remedy = availability.remedy();
    Throwable cause = availability.cause();
    if (cause != null) {
      initCause(cause);
    }
  }

  /**
   * What is missing, why, and how to get it.
   *
   * @return the answer of {@link TensorRt#availability()}
   */
  public Unavailable availability() {
    return new Unavailable(missing, reason, remedy, getCause());
  }
}
