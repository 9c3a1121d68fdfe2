/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Optional;

/**
 * One question of the probe.
 *
 * @param subject what the step loads or calls, for the wording of a failure
 * @param otherwise the piece to blame for a failure that names no library
 * @param check the question
 */
record ProbeStep(String subject, MissingPiece otherwise, Check check) {

  /** Asks one question; may throw what native code and its loading throw. */
  @FunctionalInterface
  interface Check {
    Optional<Finding> ask(NativeLibraries libraries);
  }

  Optional<Finding> run(NativeLibraries libraries) {
    try {
      return check.ask(libraries);
    } catch (LinkageError | RuntimeException failure) {
      return Optional.of(LinkFailure.explain(failure, subject, otherwise));
    }
  }
}
