/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Optional;

/**
 * All that was measured of an engine, as far as it got. Immutable and thread-safe.
 *
 * @param plan what is known before it runs; empty until it is built or loaded
 * @param accuracy how well it answers; empty until it is measured, or without a float model
 * @param speed how fast it is; empty until it is timed
 */
public record EngineFigures(
    Optional<PlanFacts> plan, Optional<EngineAccuracy> accuracy, Optional<EngineSpeed> speed) {

  /** Nothing was measured. */
  static final EngineFigures NONE =
      new EngineFigures(Optional.empty(), Optional.empty(), Optional.empty());

  EngineFigures with(PlanFacts known) {
    return new EngineFigures(Optional.of(known), accuracy, speed);
  }

  EngineFigures with(EngineAccuracy measured) {
    return new EngineFigures(plan, Optional.of(measured), speed);
  }

  EngineFigures with(EngineSpeed timed) {
    return new EngineFigures(plan, accuracy, Optional.of(timed));
  }
}
