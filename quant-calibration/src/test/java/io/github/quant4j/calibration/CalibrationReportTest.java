/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.CalibrationReport.Ending;
import io.github.quant4j.core.observer.ValueRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CalibrationReportTest {

  private static final TensorConvergence SETTLED = tensor("settled", 99.5f);
  private static final TensorConvergence MOVED = tensor("moved", 95.8f);
  private static final TensorConvergence NEW =
      new TensorConvergence("new", new ValueRange(-100f, 2f), Optional.empty(), 25);

  @Test
  void textOfASettledRunIsTwoLines() {
    CalibrationReport report = report(32, Ending.CONVERGED, List.of(SETTLED));

    assertThat(report.isSettled()).isTrue();
    assertThat(report.text())
        .isEqualTo(
            """
            observed 1 tensors on 512 samples in 32 batches, ended early
            more data would change the scales little: in the last 10 batches none grew by more \
            than 1 %
            """);
  }

  @Test
  void textNamesWhatMovedAndWhatWasLeftOut() {
    SortedMap<String, Long> nonFinite = new TreeMap<>();
    nonFinite.put("logits", 12L);
    nonFinite.put("mask", 4_096L);
    CalibrationReport report =
        new CalibrationReport(
            32,
            512,
            Ending.COMPLETE,
            Convergence.defaults(),
            List.of(NEW, MOVED, SETTLED),
            nonFinite);

    assertThat(report.isSettled()).isFalse();
    assertThat(report.settledCount()).isEqualTo(1);
    assertThat(report.unsettled()).containsExactly(NEW, MOVED);
    assertThat(report.text())
        .isEqualTo(
            """
            observed 3 tensors on 512 samples in 32 batches
            more data would change the scales of 2 of 3 tensors: they grew in the last 10 batches \
            by more than 1 %
              'new' by 100 %, to [-100.0, 2.0], last jump in batch 25
              'moved' by 4.2 %, from [-95.8, 2.0] to [-100.0, 2.0], last jump in batch 30
            left out NaN and infinite values: 4096 of 'mask', 12 of 'logits'
            """);
  }

  @Test
  void textListsTheWorstFiveAlone() {
    List<TensorConvergence> moved = new ArrayList<>();
    SortedMap<String, Long> nonFinite = new TreeMap<>();
    for (int i = 0; i < 7; i++) {
      moved.add(tensor("t" + i, 50f + i));
      nonFinite.put("t" + i, 1L);
    }

    assertThat(
            new CalibrationReport(11, 11, Ending.COMPLETE, Convergence.defaults(), moved, nonFinite)
                .text())
        .contains("\n  't4' by 46 %")
        .doesNotContain("'t5'")
        .contains("\n  and 2 more\n")
        .endsWith("'t4' and those of 2 more tensors\n".replace("'t4'", "1 of 't4'"));
  }

  @Test
  void textOfFewerBatchesThanTheWindowSaysThatNothingCanBeTold() {
    CalibrationReport report = report(10, Ending.COMPLETE, List.of(NEW));

    assertThat(report.isSettled()).isFalse();
    assertThat(report.text())
        .endsWith(
            """
            whether more data would change the scales cannot be told: it takes more than 10 \
            batches; give smaller batches or a shorter window
            """);
  }

  private static CalibrationReport report(
      long batches, Ending ending, List<TensorConvergence> tensors) {
    return new CalibrationReport(
        batches, 512, ending, Convergence.defaults(), tensors, new TreeMap<>());
  }

  private static TensorConvergence tensor(String name, float earlier) {
    return new TensorConvergence(
        name, new ValueRange(-100f, 2f), Optional.of(new ValueRange(-earlier, 2f)), 30);
  }
}
