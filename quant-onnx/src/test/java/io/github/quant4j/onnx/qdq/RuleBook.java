/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.Comparator;
import java.util.List;

/** The rules of the planner as a page of Markdown, {@code docs/rules.md}. */
final class RuleBook {
  private static final String INTRODUCTION =
      """
      # Rules of quantization

      Where `QdqPlanner` places QuantizeLinear/DequantizeLinear pairs, what it leaves float, and why. A
      plan names, for every node and every pair, the rule behind it by the id of this table.

      A *pair* is a QuantizeLinear and a DequantizeLinear on an activation: int8, one scale, zero point
      0. An *int8 weight* is a constant of codes in [-127, 127] behind a DequantizeLinear. A rule that
      names no runtime holds for all; one for TensorRT says nothing in plans for ONNX Runtime.

      This page is made from the rule classes. After a change to them, make it anew with
      `mvn -pl quant-onnx -Dtest=RuleBookTest -Drules.write=true test`.

      | rule | pattern | what is inserted | why | source |
      |---|---|---|---|---|
      """;

  private RuleBook() {}

  static String markdown() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    descriptions().forEach(one -> page.append(row(one)));
    return page.toString();
  }

  /** Returns all descriptions in the order of their ids. */
  static List<RuleDescription> descriptions() {
    return PlanningRules.of(PlannerOptions.DEFAULT).descriptions().stream()
        .sorted(Comparator.comparing(RuleDescription::id))
        .toList();
  }

  private static String row(RuleDescription one) {
    List<String> cells =
        List.of(one.id(), one.pattern(), one.insertion(), one.reason(), one.source());
    return "| " + String.join(" | ", cells.stream().map(RuleBook::cell).toList()) + " |\n";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
