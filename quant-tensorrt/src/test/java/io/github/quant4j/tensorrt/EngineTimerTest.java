/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EngineTimerTest {

  private final List<String> journal = new ArrayList<>();

  @Test
  void time_runs_warmsUpThenRunsForAtLeastTheDuration() {
    RecordedRuns runs = new RecordedRuns("a", journal, 2.0);

    TimingReport report =
        EngineTimer.create()
            .warmUp(Duration.ofMillis(10))
            .duration(Duration.ofMillis(100))
            .time(runs);

    assertThat(report.runCount()).isEqualTo(51);
    assertThat(runs.enqueuedCount).isEqualTo(51 + 6);
    assertThat(runs.mostQueued).isEqualTo(2);
    assertThat(report.wallTime()).isEqualTo(Duration.ofMillis(102));
    assertThat(report.throughput()).isCloseTo(4000, within(1e-6));
    assertThat(report.latency().median()).isEqualTo(2.75);
    assertThat(report.compute().median()).isEqualTo(2);
    assertThat(report.hostToDevice().median()).isEqualTo(0.25);
    assertThat(report.deviceToHost().median()).isEqualTo(0.5);
    assertThat(report.enqueue().median()).isEqualTo(0.1);
    assertThat(report.warnings()).isEmpty();
    assertThat(report).hasToString("GPU 2.0000 ms, latency 2.7500 ms, 4000 samples/s, 51 runs");
  }

  @Test
  void time_slowRuns_areAsManyAsAskedFor() {
    TimingReport report =
        EngineTimer.create()
            .warmUp(Duration.ZERO)
            .duration(Duration.ZERO)
            .minimumRuns(12)
            .time(new RecordedRuns("a", journal, 500.0));

    assertThat(report.runCount()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({
    "0.8, 0.5, 0.5, 0, 0",
    "0.81, 0.5, 0.5, 0, 1",
    "0.1, 1, 0.5, 0, 1",
    "0.1, 0.99, 1, 0, 1",
    "0.1, 0.5, 0.5, 0.025, 0",
    "0.1, 0.5, 0.5, 0.026, 1",
    "0.9, 1, 1, 0.1, 4"
  })
  void warnings_beyondTheLimitsOfTrtexec_areGiven(
      double enqueue, double toDevice, double toHost, double scatter, int warningCount) {
    TimingSeries series =
        new TimingSeries(
            List.of(
                new TimingSample(enqueue, toDevice, 1 - scatter, toHost),
                new TimingSample(enqueue, toDevice, 1 + scatter, toHost)),
            1);

    assertThat(TimingReport.of(series, 1).warnings()).hasSize(warningCount);
  }

  @Test
  void compare_runs_takeTurnsAndAreRelatedToTheFirst() {
    Map<String, TimedRuns> runs = new LinkedHashMap<>();
    runs.put("float", new RecordedRuns("f", journal, 4.0));
    runs.put("half", new RecordedRuns("h", journal, 2.0));
    runs.put("int8", new RecordedRuns("i", journal, 1.0));

    TimingComparison comparison =
        EngineTimer.create()
            .warmUp(Duration.ZERO)
            .duration(Duration.ofMillis(120))
            .rounds(3)
            .minimumRuns(2)
            .compare(runs);

    assertThat(turns()).isEqualTo("fhi" + "fhi" + "hif" + "ifh");
    assertThat(comparison.reports().keySet()).containsExactly("float", "half", "int8");
    TimingReport half = requireNonNull(comparison.reports().get("half"));
    assertThat(half.runCount()).isEqualTo(3 * 21);
    assertThat(half.throughput()).isCloseTo(4000, within(1e-6));
    assertThat(comparison.ratios())
        .hasToString("[half 0.500 [0.500, 0.500], int8 0.250 [0.250, 0.250]]")
        .allMatch(TimingRatio::isFaster);
    assertThat(comparison.toString()).contains("ratios [half 0.500");
  }

  /*
   * import numpy as np; from scipy import stats
   * a = np.array([.52, .50, .55, .51, .53]); b = np.array([1.0, 1.02, 1.05, .98, 1.01])
   * d = np.log(a / b); h = stats.t.ppf(.975, 4) * d.std(ddof=1) / np.sqrt(5)
   * print(np.exp(d.mean()), np.exp(d.mean() - h), np.exp(d.mean() + h))
   */
  @Test
  void ratio_pairedRounds_isAsNumPy() {
    TimingRatio ratio =
        TimingRatio.of(
            "a", new double[] {.52, .50, .55, .51, .53}, new double[] {1.0, 1.02, 1.05, .98, 1.01});

    assertThat(ratio.ratio()).isCloseTo(0.5156666353102851, within(1e-12));
    assertThat(ratio.lower()).isCloseTo(0.4976800434160982, within(1e-9));
    assertThat(ratio.upper()).isCloseTo(0.5343032783613306, within(1e-9));
  }

  @Test
  void ratio_intervalAroundOne_isNotFaster() {
    TimingRatio ratio = TimingRatio.of("a", new double[] {0.9, 1.05, 0.95}, new double[] {1, 1, 1});

    assertThat(ratio.ratio()).isLessThan(1);
    assertThat(ratio.isFaster()).isFalse();
  }

  @ParameterizedTest
  @MethodSource
  void options_outOfRange_areRefused(Function<EngineTimer, EngineTimer> change) {
    assertThatIllegalArgumentException().isThrownBy(() -> change.apply(EngineTimer.create()));
  }

  static Stream<Arguments> options_outOfRange_areRefused() {
    return Stream.<Function<EngineTimer, EngineTimer>>of(
            timer -> timer.warmUp(Duration.ofNanos(-1)),
            timer -> timer.duration(Duration.ofNanos(-1)),
            timer -> timer.minimumRuns(1),
            timer -> timer.rounds(1))
        .map(Arguments::of);
  }

  @Test
  void options_allAtOnce_areKept() {
    List<TimingOptions> seen = new ArrayList<>();
    new TimingOptions()
        .with(options -> options.hasGraph = false)
        .with(options -> options.isSpinning = false)
        .with(options -> options.hasTransfers = false)
        .with(seen::add);

    assertThat(seen)
        .singleElement()
        .satisfies(
            options -> {
              assertThat(options.hasGraph).isFalse();
              assertThat(options.isSpinning).isFalse();
              assertThat(options.hasTransfers).isFalse();
              assertThat(options.duration).isEqualTo(Duration.ofSeconds(3));
            });
  }

  @Test
  void compare_nothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineTimer.create().compare(List.of()))
        .withMessage("candidates is empty, expected at least one");
  }

  /** The journal with every engine once for each time that it had its turn. */
  private String turns() {
    return String.join("", journal).replaceAll("(.)\\1*", "$1");
  }
}
