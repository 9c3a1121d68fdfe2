/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** What was given to an engine as an input does not fit. Nothing was run. */
public final class EngineInputException extends EngineTensorException {

  private static final long serialVersionUID = 1L;

  EngineInputException(String tensor, String found, String expected) {
    super(
        "input '%s' is %s, expected %s".formatted(tensor, found, expected),
        tensor,
        found,
        expected);
  }
}
