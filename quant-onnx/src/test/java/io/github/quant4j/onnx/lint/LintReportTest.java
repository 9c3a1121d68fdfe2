/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.Severity;
import io.github.quant4j.onnx.repair.Site;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LintReportTest {
  private static final LintReport REPORT =
      new LintReport(
          List.of(
              finding(Defect.LOWEST_CODE, "w", "w.codes", Outcome.KEPT),
              finding(Defect.REPEATED_PAIR, "again", "a", Outcome.REPAIRED),
              finding(Defect.CAST_BETWEEN_QUANTIZERS, "cast", "c", Outcome.REPAIRED),
              finding(Defect.CAST_BETWEEN_QUANTIZERS, "cast 2", "d", Outcome.REPAIRED),
              finding(Defect.UNDECIDED_CODES, "q", "e", Outcome.REFUSED)));

  /** Returns a finding whose texts are told from its place. */
  static Finding finding(Defect defect, String node, String tensor, Outcome outcome) {
    return new Finding(
        defect, new Site(node, tensor), "found at " + node, new Remedy(outcome, "done to " + node));
  }

  @Test
  void findings_ofAllSeverities_areSortedByThemAndElseStayInOrder() {
    assertThat(REPORT.findings())
        .extracting(finding -> finding.site().node())
        .containsExactly("cast", "cast 2", "q", "again", "w");
    assertThat(REPORT.count(Severity.ERROR)).isEqualTo(3);
    assertThat(REPORT.count(Severity.WARNING)).isEqualTo(1);
    assertThat(REPORT.count(Severity.NOTE)).isEqualTo(1);
    assertThat(REPORT.hasErrors()).isTrue();
  }

  @Test
  void hasErrors_errorThatIsKept_isNone() {
    LintReport report = new LintReport(List.of(finding(Defect.SCALE_TYPE, "q", "x", Outcome.KEPT)));

    assertThat(report.hasErrors()).isFalse();
    assertThat(report.toText()).startsWith("note R26: ").contains("0 errors, 0 warnings, 1 note;");
  }

  @Test
  void toText_findings_areGroupedWithTotals() {
    assertThat(REPORT.toText())
        .isEqualTo(
            """
            error R02: a Cast stands between QuantizeLinear and DequantizeLinear
              expected: DequantizeLinear reads the codes of QuantizeLinear directly
              node "cast", tensor "c": found at cast; repaired: done to cast
              node "cast 2", tensor "d": found at cast 2; repaired: done to cast 2
            error R05: the zero point is uint8 0, and the model does not tell whether its codes are int8 or uint8
              expected: the codes are int8 with zero point 0
              node "q", tensor "e": found at q; refused: done to q
            warning R13: a tensor is quantized again with the scale it has
              expected: one QuantizeLinear, whose readers share it
              node "again", tensor "a": found at again; repaired: done to again
            note R31: codes of a weight reach -128
              expected: codes from -127, though TensorRT takes -128
              node "w", tensor "w.codes": found at w; kept: done to w
            3 errors, 1 warning, 1 note; the repair mends 3, cannot mend 1
            """);
  }

  @Test
  void toText_moreThanWanted_areCounted() {
    assertThat(REPORT.toText(1))
        .contains("\"cast\"", "  1 more\n", "3 errors")
        .doesNotContain("cast 2");
    assertThat(REPORT.toText(0)).contains("  2 times\n").doesNotContain("node");
    assertThat(REPORT.toText(2)).isEqualTo(REPORT.toText()).isEqualTo(REPORT.toString());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> REPORT.toText(-1))
        .withMessage("mostPerDefect is -1, expected 0 or more");
  }

  @Test
  void toText_nameThatDrivesATerminal_staysInItsLine() {
    LintReport report =
        new LintReport(List.of(finding(Defect.BARE_SKIP, "a\n\u001b[2J", "b", Outcome.REPAIRED)));

    assertThat(report.toText()).contains("  node \"a [2J\", tensor \"b\": found at a [2J;");
    assertThat(report.toText().lines()).hasSize(4);
  }

  @Test
  void toText_noFindings_saysSo() {
    assertThat(new LintReport(List.of()).toText()).isEqualTo("no findings\n");
  }

  @Test
  void toJson_findings_haveAllFieldsInOrder() {
    LintReport report =
        new LintReport(List.of(finding(Defect.COMPUTED_SCALE, "q", "x", Outcome.REFUSED)));

    assertThat(report.toJson())
        .isEqualTo(
            """
            {
              "errors": 1,
              "warnings": 0,
              "notes": 0,
              "findings": [
                {"rule": "R27", "severity": "error", "node": "q", "tensor": "x", "found": "found at q", \
            "expected": "scales and zero points are constants", "outcome": "refused", \
            "remedy": "done to q"}
              ]
            }
            """);
  }

  @Test
  void defects_haveNumbersOfTheirOwn() {
    assertThat(Set.of(Defect.values())).extracting(Defect::id).doesNotHaveDuplicates();
  }
}
