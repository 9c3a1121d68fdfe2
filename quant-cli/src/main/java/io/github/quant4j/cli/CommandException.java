/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.QuantizationException;

/** The failure of a command; the message is the line the user reads. */
final class CommandException extends QuantizationException {
  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }

  CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
