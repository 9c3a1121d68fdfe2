/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Optional;

/**
 * One engine of an {@link EngineComparison}. Immutable and thread-safe.
 *
 * @param name the label of its kind, or the name it was added with
 * @param kind how it was made of the float model; empty where a model or an engine was given
 * @param figures what was measured
 * @param failure why the rest was not, in one line; empty where nothing went wrong
 */
public record EngineRow(
    String name, Optional<EngineKind> kind, EngineFigures figures, Optional<String> failure) {

  EngineRow with(EngineFigures measured) {
    return new EngineRow(name, kind, measured, failure);
  }

  EngineRow failed(String reason) {
    return new EngineRow(name, kind, figures, Optional.of(reason));
  }

  /**
   * Returns how well the engine answers.
   *
   * @return the accuracy, if it was measured
   */
  public Optional<EngineAccuracy> accuracy() {
    return figures.accuracy();
  }

  /**
   * Returns how fast the engine is.
   *
   * @return the speed, if it was measured
   */
  public Optional<EngineSpeed> speed() {
    return figures.speed();
  }
}
