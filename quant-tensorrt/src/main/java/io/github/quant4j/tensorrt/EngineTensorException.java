/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** What was given to an engine for one of its inputs or outputs does not fit. */
public abstract sealed class EngineTensorException extends TensorRtException
    permits EngineInputException, EngineOutputException {

  private static final long serialVersionUID = 1L;

  /** The name of the input or output. */
  private final String tensor;

  /** What was given. */
  private final String found;

  /** What the engine needs. */
  private final String expected;

  EngineTensorException(String message, String tensor, String found, String expected) {
    super(message);
    this.tensor = tensor;
    this.found = found;
    this.expected = expected;
  }

  /**
   * Returns the name of the input or output that does not fit.
   *
   * @return the name, as given or as the engine has it
   */
  public String tensor() {
    return tensor;
  }

  /**
   * Returns what was given.
   *
   * @return in words, such as "float[256, 3, 32, 32]" or "a buffer of 4 bytes"
   */
  public String found() {
    return found;
  }

  /**
   * Returns what the engine needs.
   *
   * @return in words, such as "float from [1, 3, 32, 32] to [128, 3, 32, 32]"
   */
  public String expected() {
    return expected;
  }
}
