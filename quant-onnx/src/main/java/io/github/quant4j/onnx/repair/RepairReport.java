/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.internal.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a repair found and did. Immutable and thread-safe.
 *
 * @param findings the defects, in the order of the stages and of the nodes
 * @param before the census of the model as it was
 * @param after the census of the repaired model
 */
public record RepairReport(List<Finding> findings, Census before, Census after) {
  /**
   * Copies the findings.
   *
   * @param findings the defects
   * @param before the census of the model as it was
   * @param after the census of the repaired model
   */
  public RepairReport {
    findings = List.copyOf(findings);
  }

  /**
   * Returns the defects that are still there.
   *
   * @return the findings the repair refused
   */
  public List<Finding> refused() {
    return findings.stream().filter(Finding::isRefused).toList();
  }

  /**
   * Tells whether a defect is left that makes the model unfit: TensorRT would refuse it or answer
   * wrongly.
   *
   * @return true when an error was refused
   */
  public boolean hasRefusedErrors() {
    return refused().stream().anyMatch(finding -> finding.defect().severity() == Severity.ERROR);
  }

  /**
   * Returns the report as JSON: {@code before} and {@code after}, the census of either; {@code
   * findings}, each with rule, severity, node, tensor, found, expected, outcome and remedy; {@code
   * refused}, those that are still there. The same report gives the same text.
   *
   * @return the text of one object
   */
  public String toJson() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("before", before.counts());
    members.put("after", after.counts());
    members.put("findings", findings.stream().map(Finding::fields).toList());
    members.put("refused", refused().stream().map(Finding::fields).toList());
    return JsonText.of(members);
  }

  /**
   * Returns the report as text: a line a finding, then the census before and after.
   *
   * @return the text
   */
  @Override
  public String toString() {
    return findings.stream().map(finding -> finding + "\n").collect(Collectors.joining())
        + "before: "
        + before
        + "\nafter: "
        + after
        + "\n";
  }
}
