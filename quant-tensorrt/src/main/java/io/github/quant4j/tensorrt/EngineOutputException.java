/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** What was given to an engine to write an output into does not fit. It was not written. */
public final class EngineOutputException extends EngineTensorException {

  private static final long serialVersionUID = 1L;

  EngineOutputException(String tensor, String found, String expected) {
    super(
        "output '%s' is given %s, expected %s".formatted(tensor, found, expected),
        tensor,
        found,
        expected);
  }
}
