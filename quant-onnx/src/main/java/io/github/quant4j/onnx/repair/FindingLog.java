/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.repair.Remedy.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The findings of passes that run in rounds. What a later round finds again is noted once, and what
 * it mends is no longer told as refused or kept. Not thread-safe.
 */
final class FindingLog {
  private final List<Set<Finding>> rounds = new ArrayList<>();

  FindingLog() {
    startRound();
  }

  void startRound() {
    rounds.add(new LinkedHashSet<>());
  }

  void add(Finding finding) {
    latest().add(finding);
  }

  private Set<Finding> latest() {
    return rounds.get(rounds.size() - 1);
  }

  List<Finding> findings() {
    Set<Finding> all = new LinkedHashSet<>();
    Set<Map.Entry<Defect, Site>> mended = new HashSet<>();
    for (Set<Finding> round : rounds) {
      all.addAll(round);
    }
    rounds.stream()
        .skip(1)
        .flatMap(Set::stream)
        .filter(FindingLog::isMended)
        .forEach(finding -> mended.add(place(finding)));
    all.removeIf(
        finding ->
            !isMended(finding) && !latest().contains(finding) && mended.contains(place(finding)));
    return List.copyOf(all);
  }

  private static boolean isMended(Finding finding) {
    return finding.remedy().outcome() == Outcome.REPAIRED;
  }

  private static Map.Entry<Defect, Site> place(Finding finding) {
    return Map.entry(finding.defect(), finding.site());
  }
}
