/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.jspecify.annotations.Nullable;

/**
 * A missing piece, as a step of the probe found it.
 *
 * @param missing the piece
 * @param reason what was found, one line
 * @param cause what was thrown, or null
 */
record Finding(MissingPiece missing, String reason, @Nullable Throwable cause) {

  static Finding of(MissingPiece missing, String reason) {
    return new Finding(missing, reason, null);
  }
}
