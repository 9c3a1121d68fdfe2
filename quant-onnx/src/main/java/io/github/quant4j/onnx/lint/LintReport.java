/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import io.github.quant4j.onnx.internal.JsonText;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Severity;
import java.net.URI;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the linter found. The same model gives the same report, and the same text in each form.
 * Immutable and thread-safe.
 *
 * @param findings the findings, the worst first, then in the order they were found
 */
public record LintReport(List<Finding> findings) {
  /**
   * Copies and sorts the findings.
   *
   * @param findings the findings, in any order
   */
  public LintReport {
    findings = findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
  }

  /**
   * Returns the number of findings of one severity.
   *
   * @param severity the severity
   * @return the number
   */
  public long count(Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }

  /**
   * Tells whether TensorRT would refuse the model as it is, or answer wrongly.
   *
   * @return true when a finding is an error, mended by the repair or not
   */
  public boolean hasErrors() {
    return count(Severity.ERROR) > 0;
  }

  /**
   * Returns the report as text with every finding.
   *
   * @return a line for each kind of defect with what should be, a line for each finding below it
   *     with what the repair does about it, and a line of totals; "no findings" for none
   */
  public String toText() {
    return toText(Integer.MAX_VALUE);
  }

  /**
   * Returns the report as text, shortened: a defect of the exporter comes back at every node.
   *
   * @param mostPerDefect the number of findings written of one kind, 0 or more; a count stands for
   *     the others
   * @return as {@link #toText()}
   */
  public String toText(int mostPerDefect) {
    if (mostPerDefect < 0) {
      throw new IllegalArgumentException(
          "mostPerDefect is " + mostPerDefect + ", expected 0 or more");
    }
    return LintText.of(this, mostPerDefect);
  }

  /**
   * Returns the report as JSON: {@code errors}, {@code warnings} and {@code notes}, the counts;
   * {@code findings}, each with rule, severity, node, tensor, found, expected, outcome and remedy.
   *
   * @return the text of one object
   */
  public String toJson() {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Severity severity : Severity.values()) {
      members.put(severity.name().toLowerCase(Locale.ROOT) + "s", count(severity));
    }
    members.put("findings", findings.stream().map(Finding::fields).toList());
    return JsonText.of(members);
  }

  /**
   * Returns the report as SARIF, the form code scanners report in: one run whose rules are all
   * defects there are, and a result for each finding with node and tensor as logical locations,
   * what the repair does about it as properties.
   *
   * @param artifact where the model file is, best relative to the root of its repository
   * @return the text of one object; source: OASIS, Static Analysis Results Interchange Format
   *     (SARIF) Version 2.1.0, 2020
   */
  public String toSarif(URI artifact) {
    return Sarif.of(this, artifact);
  }

  @Override
  public String toString() {
    return toText();
  }
}
