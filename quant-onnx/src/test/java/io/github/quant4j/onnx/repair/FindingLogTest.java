/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.repair.Remedy.Outcome;
import org.junit.jupiter.api.Test;

class FindingLogTest {
  private final FindingLog log = new FindingLog();

  @Test
  void findings_foundAgain_areNotedOnce() {
    log.add(finding("bn", Outcome.KEPT));
    log.add(finding("bn", Outcome.KEPT));
    log.startRound();
    log.add(finding("bn", Outcome.KEPT));
    log.add(finding("other", Outcome.REPAIRED));

    assertThat(log.findings())
        .containsExactly(finding("bn", Outcome.KEPT), finding("other", Outcome.REPAIRED));
  }

  @Test
  void findings_refusedFirstAndMendedLater_areMended() {
    log.add(finding("bn", Outcome.REFUSED));
    log.startRound();
    log.add(finding("bn", Outcome.REPAIRED));
    log.startRound();

    assertThat(log.findings()).containsExactly(finding("bn", Outcome.REPAIRED));
  }

  @Test
  void findings_ofOneRound_areAllKept() {
    log.add(finding("bn", Outcome.REFUSED));
    log.add(finding("bn", Outcome.REPAIRED));
    log.startRound();

    assertThat(log.findings()).hasSize(2);
  }

  @Test
  void findings_mendedInPartAndStillRefused_areBoth() {
    log.add(finding("bn", Outcome.REFUSED));
    log.startRound();
    log.add(finding("bn", Outcome.REPAIRED));
    log.add(finding("bn", Outcome.REFUSED));

    assertThat(log.findings()).hasSize(2);
  }

  private static Finding finding(String node, Outcome outcome) {
    return new Finding(
        Defect.UNFOLDED_NORMALIZATION, new Site(node, "x"), "found", new Remedy(outcome, "done"));
  }
}
