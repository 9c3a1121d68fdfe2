/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** What was given to an engine as an input does not fit. Nothing was run. */
public final class EngineInputException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** The name of the input. */
  private final String tensor;

  /** What was given. */
  private final String found;

  /** What the engine takes. */
  private final String expected;

  EngineInputException(String tensor, String found, String expected) {
    super("input '%s' is %s, expected %s".formatted(tensor, found, expected));
    this.tensor = tensor;
    this.found = found;
    this.expected = expected;
  }

  /**
   * Returns the name of the input that does not fit.
   *
   * @return the name, as given or as the engine has it
   */
  public String tensor() {
    return tensor;
  }

  /**
   * Returns what was given.
   *
   * @return in words, such as "float[256, 3, 32, 32]"
   */
  public String found() {
    return found;
  }

  /**
   * Returns what the engine takes.
   *
   * @return in words, such as "float from [1, 3, 32, 32] to [128, 3, 32, 32]"
   */
  public String expected() {
    return expected;
  }
}
