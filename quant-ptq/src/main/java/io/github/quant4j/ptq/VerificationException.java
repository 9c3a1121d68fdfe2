/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.QuantizationException;

/** Two models or their data that cannot be compared; the message says what does not fit. */
public final class VerificationException extends QuantizationException {
  private static final long serialVersionUID = 1L;

  VerificationException(String message) {
    super(message);
  }
}
