/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** A file that holds no whole picture that can be read; the message says why, without the name. */
final class UndecodableException extends Exception {

  private static final long serialVersionUID = 1L;

  UndecodableException(String reason) {
    super(reason);
  }

  UndecodableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
