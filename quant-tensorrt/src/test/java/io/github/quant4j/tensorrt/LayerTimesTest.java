/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTimesTest {

  private static final EngineTimer TIMER =
      EngineTimer.create().warmUp(Duration.ofMillis(5)).duration(Duration.ofMillis(20));

  @Test
  void layers_runs_areMediansInTheOrderOfExecutionAfterTheWarmUp() {
    // Each run takes 1 ms; the first 5 are to warm up.
    LayerTimes times =
        TIMER.layers(
            new Runs(
                (run, recorder) -> {
                  recorder.report("conv", run < 5 ? 1000 : run % 2 == 0 ? 2 : 4);
                  recorder.report("relu", 1);
                }));

    assertThat(times.runCount()).isEqualTo(20);
    assertThat(times.layers())
        .containsExactly(new LayerTime("conv", 3, 0.75), new LayerTime("relu", 1, 0.25));
    assertThat(times.totalMilliseconds()).isEqualTo(4);
    assertThat(times)
        .hasToString(
            """
                    ms  share  layer
                3.0000  75.0%  conv
                1.0000  25.0%  relu
                4.0000 100.0%  sum of medians, 20 runs
            """);
  }

  @Test
  void layers_slowRuns_areAsManyAsAskedFor() {
    assertThat(
            TIMER
                .duration(Duration.ZERO)
                .minimumRuns(7)
                .layers(new Runs((run, recorder) -> recorder.report("a", 1)))
                .runCount())
        .isEqualTo(7);
  }

  @Test
  void layers_nothingTold_isRefused() {
    assertThatExceptionOfType(TensorRtException.class)
        .isThrownBy(() -> TIMER.layers(new Runs((run, recorder) -> {})))
        .withMessage("TensorRT told the time of no layer in 20 runs, expected that of each");
  }

  @Test
  void times_layersOfOneName_stayApart() {
    assertThat(
            recorded(List.of("a", "x", "a"), List.of("a", "x", "a")).layers().stream()
                .map(LayerTime::layer))
        .containsExactly("a", "x", "a");
  }

  @Test
  void times_layerThatSomeRunsLeaveOut_hasItsPlace() {
    assertThat(
            recorded(List.of("a", "c"), List.of("a", "b", "c"), List.of("a", "c")).layers().stream()
                .map(LayerTime::layer))
        .containsExactly("a", "b", "c");
  }

  @Test
  void times_noTimeAtAll_haveNoShares() {
    LayerTimeRecorder recorder = new LayerTimeRecorder();
    recorder.report("a", 0);

    assertThat(recorder.times().layers()).containsExactly(new LayerTime("a", 0, 0));
  }

  @SafeVarargs
  private static LayerTimes recorded(List<String>... runs) {
    LayerTimeRecorder recorder = new LayerTimeRecorder();
    for (List<String> run : runs) {
      run.forEach(layer -> recorder.report(layer, 1));
      recorder.endRun();
    }
    return recorder.times();
  }

  /** Tells of layers what a script says; its clock ticks a millisecond in every run. */
  private static final class Runs implements ProfiledRuns {
    private final LayerTimeRecorder recorder = new LayerTimeRecorder();
    private final Script script;
    private int runCount;

    Runs(Script script) {
      this.script = script;
    }

    @Override
    public void run() {
      script.run(runCount++, recorder);
    }

    @Override
    public LayerTimeRecorder recorder() {
      return recorder;
    }

    @Override
    public long nanoTime() {
      return runCount * 1_000_000L;
    }

    @Override
    public void close() {}
  }

  /** What the layers of one run take. */
  private interface Script {
    void run(int run, LayerTimeRecorder recorder);
  }
}
