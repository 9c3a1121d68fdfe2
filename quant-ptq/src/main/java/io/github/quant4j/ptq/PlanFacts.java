/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is known of an engine before it runs. Immutable and thread-safe.
 *
 * @param byteCount the size of the plan in bytes
 * @param buildTime how long TensorRT took; empty for a plan that was given. It says more of the
 *     timing cache than of the engine: the first of several builds takes longest
 * @param file where the plan was written to or read from, if it was
 * @param notes what to know of how its model was made, one line each
 */
public record PlanFacts(
    long byteCount, Optional<Duration> buildTime, Optional<Path> file, List<String> notes) {
  /**
   * Copies the notes.
   *
   * @param byteCount the size of the plan in bytes
   * @param buildTime how long TensorRT took, if it is known
   * @param file where the plan lies, if it does
   * @param notes what to know of its model
   */
  public PlanFacts {
    notes = List.copyOf(notes);
  }
}
