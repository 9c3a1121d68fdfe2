/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The answer to one {@link EngineCheck}. Immutable and thread-safe.
 *
 * @param check the question
 * @param wasChecked whether there was something to check it with: details of the layers, or what
 *     the expectation must say for it
 * @param findings what speaks against it
 */
public record EngineCheckResult(
    EngineCheck check, boolean wasChecked, List<EngineFinding> findings) {

  /**
   * Creates an answer.
   *
   * @param check the question
   * @param wasChecked whether it could be checked
   * @param findings what speaks against it; copied
   */
  public EngineCheckResult {
    requireNonNull(check, "check");
    findings = List.copyOf(findings);
  }

  /**
   * Tells whether the engine is as it should be.
   *
   * @return true if it was checked and nothing speaks against it
   */
  public boolean hasPassed() {
    return wasChecked && findings.isEmpty();
  }
}
