/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.Severity;
import io.github.quant4j.onnx.repair.Site;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The text; that it has what the format requires is checked on the output of the command. */
class SarifTest {
  private static final URI ARTIFACT = URI.create("models/net%201.onnx");

  @Test
  void toSarif_findings_areResultsWithPlaceAndRemedy() {
    LintReport report =
        new LintReport(
            List.of(
                LintReportTest.finding(Defect.REPEATED_PAIR, "quant", "x", Outcome.REPAIRED),
                new Finding(
                    Defect.OPERATOR_SET,
                    Site.ofModel(),
                    "it imports version 8",
                    new Remedy(Outcome.REFUSED, "export it anew"))));

    assertThat(report.toSarif(ARTIFACT))
        .startsWith(
            """
            {
              "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
              "version": "2.1.0",
              "runs": [
                {
                  "tool": {
                    "driver": {
                      "name": "Quant4J",
                      "rules": [
                        {"id": "R01", "name": "HiddenConstant", "shortDescription": {"text": "A constant is computed by nodes."}, \
            """)
        .endsWith(
            """
                  "results": [
                    {
                      "ruleId": "L02",
                      "level": "error",
                      "message": {
                        "text": "the model: it imports version 8"
                      },
                      "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "models/net%201.onnx"}}}
                      ],
                      "properties": {
                        "expected": "version 9 to 24",
                        "outcome": "refused",
                        "remedy": "export it anew"
                      }
                    },
                    {
                      "ruleId": "R13",
                      "level": "warning",
                      "message": {
                        "text": "node \\"quant\\", tensor \\"x\\": found at quant"
                      },
                      "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "models/net%201.onnx"}}, \
            "logicalLocations": [\
            {"name": "quant", "fullyQualifiedName": "node quant", "kind": "element"}, \
            {"name": "x", "fullyQualifiedName": "tensor x", "kind": "element"}]}
                      ],
                      "properties": {
                        "expected": "one QuantizeLinear, whose readers share it",
                        "outcome": "repaired",
                        "remedy": "done to quant"
                      }
                    }
                  ]
                }
              ]
            }
            """);
  }

  @Test
  void toSarif_noFindings_isARunWithoutResults() {
    assertThat(new LintReport(List.of()).toSarif(ARTIFACT)).contains("\"results\": []");
  }

  @Test
  void toSarif_rules_areAllDefectsWithTheirLevels() {
    String text = new LintReport(List.of()).toSarif(ARTIFACT);

    for (Defect defect : Defect.values()) {
      String level = level(defect.severity());
      assertThat(text.lines())
          .filteredOn(line -> line.contains("{\"id\": \"" + defect.id() + "\""))
          .as(defect.id())
          .singleElement()
          .asString()
          .contains("\"help\": {\"text\": \"Expected: " + defect.expectation() + ".\"}")
          .contains("\"defaultConfiguration\": {\"level\": \"" + level + "\"}");
    }
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTE -> "note";
    };
  }
}
