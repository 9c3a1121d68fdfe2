/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One thing in an engine that is not as it should be. Immutable and thread-safe.
 *
 * @param check the question that it answers
 * @param layers the names of the layers it is about; none for a line of the log or missing nodes
 * @param message one line that says what was found
 */
public record EngineFinding(EngineCheck check, List<String> layers, String message) {

  /**
   * Creates a finding.
   *
   * @param check the question
   * @param layers the names of layers; copied
   * @param message one line
   */
  public EngineFinding {
    requireNonNull(check, "check");
    layers = List.copyOf(layers);
    requireNonNull(message, "message");
  }

  static EngineFinding of(EngineCheck check, EngineLayer layer, String message) {
    return new EngineFinding(check, List.of(layer.name()), message);
  }
}
