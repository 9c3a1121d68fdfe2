/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks all questions of {@link EngineCheck} about one engine. */
final class EngineChecks {

  /** What TensorRT writes where it ignored a Q/DQ pair or a precision. */
  private static final Pattern SUSPECT =
      Pattern.compile(
          "missing scale|zero[- ]?point|treated as int8|falling back|fall ?back",
          Pattern.CASE_INSENSITIVE);

  private final EngineInspection inspection;
  private final EngineExpectation expectation;

  private EngineChecks(EngineInspection inspection, EngineExpectation expectation) {
    this.inspection = inspection;
    this.expectation = expectation;
  }

  static List<EngineCheckResult> run(EngineInspection inspection, EngineExpectation expectation) {
    EngineChecks checks = new EngineChecks(inspection, expectation);
    List<EngineCheckResult> results = new ArrayList<>();
    for (EngineCheck check : EngineCheck.values()) {
      Optional<List<EngineFinding>> findings = checks.findings(check);
      results.add(new EngineCheckResult(check, findings.isPresent(), findings.orElseGet(List::of)));
    }
    return List.copyOf(results);
  }

  /** What speaks against an engine; empty if that cannot be told. */
  private Optional<List<EngineFinding>> findings(EngineCheck check) {
    return switch (check) {
      case LAYER_COUNT -> layerCount();
      case PREDICTED_GROUPS ->
          expectation.groups().filter(groups -> hasDetails()).map(this::groups);
      case CLEAN_LOG -> expectation.log().map(EngineChecks::log);
      case INT8_CONVOLUTIONS, INT8_SKIPS, NO_FLOAT32 ->
          inspection.hasTypes() ? Optional.of(layerFindings(check)) : Optional.empty();
      default -> hasDetails() ? Optional.of(layerFindings(check)) : Optional.empty();
    };
  }

  private List<EngineFinding> layerFindings(EngineCheck check) {
    BorderChecks borders = new BorderChecks(inspection);
    return switch (check) {
      case FUSED_RESIDUALS -> ResidualCheck.run(inspection);
      case FEW_REFORMATS -> borders.reformats();
      case SCALES_AT_BORDERS -> borders.scales();
      case NO_FLOAT32 -> borders.floats();
      case INT8_CONVOLUTIONS ->
          new ConvolutionChecks(inspection, expectation.floatNodes()).convolutions();
      default -> new ConvolutionChecks(inspection, expectation.floatNodes()).skips();
    };
  }

  private boolean hasDetails() {
    return inspection.hasDetails();
  }

  private Optional<List<EngineFinding>> layerCount() {
    if (expectation.layerCount().isEmpty() || inspection.layers().isEmpty()) {
      return Optional.empty();
    }
    int expected = expectation.layerCount().getAsInt();
    int found = inspection.layers().size() - inspection.noOpCount();
    return Optional.of(
        found <= expected
            ? List.of()
            : List.of(
                new EngineFinding(
                    EngineCheck.LAYER_COUNT,
                    List.of(),
                    "engine has %s layers, expected at most %s".formatted(found, expected))));
  }

  private List<EngineFinding> groups(List<Set<String>> groups) {
    return groups.stream().flatMap(group -> group(group).stream()).toList();
  }

  private Optional<EngineFinding> group(Set<String> group) {
    List<EngineLayer> found =
        inspection.layers().stream()
            .filter(layer -> layer.details().nodes().stream().anyMatch(group::contains))
            .toList();
    if (found.stream().anyMatch(layer -> Set.copyOf(layer.details().nodes()).containsAll(group))) {
      return Optional.empty();
    }
    return Optional.of(
        new EngineFinding(
            EngineCheck.PREDICTED_GROUPS,
            found.stream().map(EngineLayer::name).toList(),
            "nodes %s are in %s layers, expected them in one"
                .formatted(
                    group.stream().map(node -> "'" + node + "'").collect(Collectors.joining(", ")),
                    found.size())));
  }

  private static List<EngineFinding> log(List<String> lines) {
    return lines.stream()
        .filter(line -> SUSPECT.matcher(line).find())
        .distinct()
        .map(line -> new EngineFinding(EngineCheck.CLEAN_LOG, List.of(), "TensorRT said: " + line))
        .toList();
  }
}
