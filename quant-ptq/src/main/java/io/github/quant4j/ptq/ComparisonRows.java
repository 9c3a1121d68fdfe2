/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a comparison as they grow. Every change is told at once, so that what was measured is
 * not lost should the process die in native code later. Not thread-safe.
 */
final class ComparisonRows {
  private static final Logger LOGGER = LoggerFactory.getLogger(ComparisonRows.class);

  private final Map<String, EngineRow> rows = new LinkedHashMap<>();
  private final Consumer<EngineRow> listener;

  /**
   * Begins with rows without figures.
   *
   * @throws IllegalArgumentException if two candidates have one name
   */
  ComparisonRows(List<EngineCandidate> candidates, Consumer<EngineRow> listener) {
    for (EngineCandidate candidate : candidates) {
      Optional<EngineKind> kind =
          candidate instanceof EngineCandidate.OfKind ofKind
              ? Optional.of(ofKind.kind())
              : Optional.empty();
      EngineRow row = new EngineRow(candidate.name(), kind, EngineFigures.NONE, Optional.empty());
      if (rows.put(row.name(), row) != null) {
        throw new IllegalArgumentException(
            "two engines have the name '%s', expected different ones".formatted(row.name()));
      }
    }
    this.listener = listener;
  }

  /** Adds to what is known of an engine. */
  void measured(String name, UnaryOperator<EngineFigures> change) {
    EngineRow row = row(name);
    put(row.with(change.apply(row.figures())));
  }

  /** Notes that nothing more will be known of an engine. */
  void failed(String name, Exception failure) {
    String message = failure.getMessage();
    String reason =
        message == null || message.isBlank()
            ? failure.getClass().getSimpleName()
            : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    LOGGER.warn("engine \"{}\" is left out of the comparison: {}", name, reason);
    LOGGER.debug("what failed with engine \"{}\"", name, failure);
    put(row(name).failed(reason));
  }

  /** Returns all rows in the order of the candidates. */
  List<EngineRow> list() {
    return List.copyOf(rows.values());
  }

  /** Returns the engine to relate the others to: FP16, else the first of those given. */
  static String baseline(Iterable<String> names) {
    String first = names.iterator().next();
    for (String name : names) {
      if (name.equals(EngineKind.FP16.label())) {
        return name;
      }
    }
    return first;
  }

  private EngineRow row(String name) {
    return requireNonNull(rows.get(name), name);
  }

  private void put(EngineRow row) {
    rows.put(row.name(), row);
    listener.accept(row);
  }
}
