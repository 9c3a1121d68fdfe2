/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

/**
 * The root of the failures of Quant4J that a correct caller can still meet: a model, a data file or
 * a runtime that is not as it must be.
 *
 * <p>Every module has one subclass. Misuse of the API is reported with the standard exceptions
 * instead ({@link IllegalArgumentException}, {@link IllegalStateException}), and failures of the
 * file system with {@link java.io.IOException}.
 *
 * <p>A message is one line: what failed, on which named thing, what was found, what was expected
 * and what to do.
 */
public class QuantizationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one line that names the thing that failed
   */
  public QuantizationException(String message) {
    super(message);
  }

  /**
   * Creates an exception with the failure that led to it.
   *
   * @param message one line that names the thing that failed
   * @param cause the failure below
   */
  public QuantizationException(String message, Throwable cause) {
    super(message, cause);
  }
}
