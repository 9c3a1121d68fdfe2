/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tensors that plans for one model need and a calibration table lacks, and the operators that
 * stay float for it. Not thread-safe.
 */
final class MissingRanges {
  private final CalibrationTable table;
  private final SortedSet<String> tensors = new TreeSet<>();
  private final Map<String, String> tensorsByNode = new HashMap<>();

  MissingRanges(CalibrationTable table) {
    this.table = table;
  }

  /** Makes sure that the table is not of another model altogether. */
  void requireAny(QuantizationPlan plan) {
    SortedSet<String> needed = plan.observationPoints();
    if (!needed.isEmpty() && needed.stream().noneMatch(this::isKnown)) {
      SortedSet<String> known = table.tensors();
      throw new OnnxException(
          "the calibration table has the ranges of %s tensors%s but of none of the %s that are needed, first \"%s\"; expected a table of this model, calibrate it"
              .formatted(
                  known.size(),
                  known.isEmpty() ? "" : ", first \"" + known.first() + "\",",
                  needed.size(),
                  needed.first()));
    }
  }

  /**
   * Adds what a plan needs and the table lacks.
   *
   * @return true when that is anything
   * @throws OnnxException if all of it was known, so that planning again would lead nowhere
   */
  boolean addOf(QuantizationPlan plan) {
    Set<String> missing = new LinkedHashSet<>(plan.observationPoints());
    missing.removeIf(this::isKnown);
    if (missing.isEmpty()) {
      return false;
    }
    tensors.addAll(missing);
    int before = tensorsByNode.size();
    // Pairs of one scale hold one list of sources, which may be as long as they are many.
    IdentityHashMap<List<String>, Optional<String>> lacking = new IdentityHashMap<>();
    for (ActivationPair pair : plan.activationPairs()) {
      if (pair.fixedRange().isEmpty()) {
        lacking
            .computeIfAbsent(
                pair.rangeSources(),
                sources -> sources.stream().filter(missing::contains).findFirst())
            .ifPresent(
                tensor ->
                    pair.edges().forEach(edge -> tensorsByNode.putIfAbsent(edge.node(), tensor)));
      }
    }
    if (tensorsByNode.size() == before) {
      throw new OnnxException(
          "the calibration table has no range of tensor \"%s\", which the plan cannot do without; calibrate again"
              .formatted(missing.iterator().next()));
    }
    return true;
  }

  /** Returns why a node stays float, empty where nothing it needs is missing. */
  Optional<String> reason(Node node) {
    return Optional.ofNullable(tensorsByNode.get(node.name()))
        .map(tensor -> "the calibration table has no range of tensor \"%s\"".formatted(tensor));
  }

  /** Returns how much is missing, empty where nothing is. */
  Optional<String> note() {
    return tensors.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "calibration: the table has no range of %s tensors, first \"%s\"; %s operators that need them stay float"
                .formatted(tensors.size(), tensors.first(), tensorsByNode.size()));
  }

  private boolean isKnown(String tensor) {
    return table.calibration(tensor).isPresent();
  }
}
