/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** What was given to an engine to write an output into does not fit. It was not written. */
public final class EngineOutputException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** The name of the output. */
  private final String tensor;

  /** What was given. */
  private final String found;

  /** What the engine needs. */
  private final String expected;

  EngineOutputException(String tensor, String found, String expected) {
    super("output '%s' is given %s, expected %s".formatted(tensor, found, expected));
    this.tensor = tensor;
    this.found = found;
    this.expected = expected;
  }

  /**
   * Returns the name of the output whose buffer does not fit.
   *
   * @return the name, as given or as the engine has it
   */
  public String tensor() {
    return tensor;
  }

  /**
   * Returns what was given.
   *
   * @return in words, such as "a buffer of 4 bytes"
   */
  public String found() {
    return found;
  }

  /**
   * Returns what the engine needs.
   *
   * @return in words, such as "at least 40 bytes for float[1, 10]"
   */
  public String expected() {
    return expected;
  }
}
