/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.List;
import java.util.Optional;

/**
 * The result of an {@link EngineComparison}. Immutable and thread-safe.
 *
 * @param environment where it was measured
 * @param batchSize the number of samples in each run
 * @param rows a row for each engine, in the order asked for, first the kinds, then what was added
 * @param recommendation which one to take
 */
public record EngineComparisonReport(
    ComparisonEnvironment environment,
    long batchSize,
    List<EngineRow> rows,
    EngineRecommendation recommendation) {

  /**
   * Copies the rows.
   *
   * @param environment where it was measured
   * @param batchSize the number of samples in each run
   * @param rows the engines
   * @param recommendation which one to take
   */
  public EngineComparisonReport {
    rows = List.copyOf(rows);
  }

  /**
   * Returns the engine to which the times of all are related: FP16 where it was timed, else the
   * first that was.
   *
   * @return the row, empty where nothing was timed
   */
  public Optional<EngineRow> baseline() {
    return rows.stream()
        .filter(row -> row.speed().filter(speed -> speed.ratio().isEmpty()).isPresent())
        .findFirst();
  }

  /**
   * Returns a table for people: a line for each engine, the environment above, the recommendation
   * below.
   *
   * @return lines, each ended by a line feed
   */
  public String toText() {
    return ComparisonTable.of(this);
  }

  /**
   * Returns all figures for programs. A member is absent where nothing was measured. Numbers have
   * at most six digits; an SQNR that is not finite is a text, {@code "Infinity"} for example.
   *
   * @return an object with the members {@code environment}, {@code batchSize}, {@code baseline},
   *     {@code rows} and {@code recommendation}; a line feed ends it
   */
  public String toJson() {
    return ComparisonJson.of(this);
  }
}
