/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.repair.Remedy.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RepairReportTest {
  private static final Finding REPAIRED =
      new Finding(
          Defect.CAST_BETWEEN_QUANTIZERS,
          new Site("cast", "x.q"),
          "a Cast to uint8",
          new Remedy(Outcome.REPAIRED, "removed"));
  private static final Finding REFUSED =
      new Finding(
          Defect.UNSUPPORTED_CODES,
          new Site("q", "x"),
          "codes of int16",
          new Remedy(Outcome.REFUSED, "quantize to int8"));

  private static final RepairReport REPORT =
      new RepairReport(
          List.of(REPAIRED, REFUSED),
          census(Map.of("Cast", 1, "QuantizeLinear INT8", 2)),
          census(Map.of()));

  @Test
  void toJson_report_hasCensusFindingsAndRefusals() {
    String refused =
        "{\"rule\": \"R29\", \"severity\": \"error\", \"node\": \"q\", \"tensor\": \"x\","
            + " \"found\": \"codes of int16\", \"expected\": \"the codes are int8\","
            + " \"outcome\": \"refused\", \"remedy\": \"quantize to int8\"}";

    assertThat(REPORT.toJson())
        .isEqualTo(
            """
            {
              "before": {
                "Cast": 1,
                "QuantizeLinear INT8": 2
              },
              "after": {},
              "findings": [
                {"rule": "R02", "severity": "error", "node": "cast", "tensor": "x.q", \
            "found": "a Cast to uint8", \
            "expected": "DequantizeLinear reads the codes of QuantizeLinear directly", \
            "outcome": "repaired", "remedy": "removed"},
                REFUSED
              ],
              "refused": [
                REFUSED
              ]
            }
            """
                .replace("REFUSED", refused));
  }

  @Test
  void hasRefusedErrors_refusedWarning_isNone() {
    Finding warning =
        new Finding(
            Defect.BARE_SKIP, new Site("add", "x"), "no pair", new Remedy(Outcome.REFUSED, "why"));

    assertThat(new RepairReport(List.of(warning), REPORT.before(), REPORT.after()))
        .returns(false, RepairReport::hasRefusedErrors)
        .returns(List.of(warning), RepairReport::refused);
    assertThat(REPORT.hasRefusedErrors()).isTrue();
  }

  @Test
  void toString_report_isALineAFindingAndTheCensus() {
    assertThat(REPORT)
        .hasToString(
            """
            R02 error at node "cast", tensor "x.q": a Cast to uint8; removed
            R29 error at node "q", tensor "x": codes of int16; quantize to int8
            before: Cast 1, QuantizeLinear INT8 2
            after: none
            """);
  }

  @Test
  void severity_findingThatIsKept_isANote() {
    Finding kept =
        new Finding(
            Defect.SCALE_TYPE, new Site("q", "x"), "float16", new Remedy(Outcome.KEPT, "harmless"));

    assertThat(kept.severity()).isEqualTo(Severity.NOTE);
    assertThat(kept).hasToString("R26 note at node \"q\", tensor \"x\": float16; harmless");
    assertThat(REFUSED.severity()).isEqualTo(Severity.ERROR);
  }

  private static Census census(Map<String, Integer> counts) {
    return new Census(new TreeMap<>(counts));
  }
}
