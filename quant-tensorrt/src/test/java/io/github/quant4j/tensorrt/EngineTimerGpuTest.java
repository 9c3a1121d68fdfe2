/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class EngineTimerGpuTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void compare_engineWithItself_isOneWithinItsInterval(boolean hasGraph) throws IOException {
    Map<String, Tensor> inputs = FashionMnist.pictures(0, 100);
    try (Engine engine = FashionMnist.quickBuilder().build().load()) {
      TimingComparison comparison =
          EngineTimer.create()
              .warmUp(Duration.ofMillis(50))
              .duration(Duration.ofMillis(300))
              .cudaGraph(hasGraph)
              .spinWait(hasGraph)
              .compare(
                  List.of(
                      new TimingCandidate("one", engine, inputs),
                      new TimingCandidate("same", engine, inputs)));

      assertThat(comparison.ratios())
          .singleElement()
          .satisfies(ratio -> assertThat(ratio.ratio()).isCloseTo(1, within(0.05)));
      TimingReport report = requireNonNull(comparison.reports().get("one"));
      assertThat(report.compute().median()).isPositive();
      assertThat(report.hostToDevice().median()).isPositive();
      assertThat(report.deviceToHost().median()).isPositive();
      assertThat(report.enqueue().median()).isPositive();
      assertThat(report.throughput()).isLessThan(100 / (report.compute().median() / 1e3) * 1.05);
    }
  }

  @Test
  void layers_resnet_areAllLayersOfTheInspectionThatRun() throws IOException {
    Map<String, Tensor> inputs = FashionMnist.pictures(0, 100);
    try (Engine engine = FashionMnist.quickBuilder().build().load()) {
      EngineTimer timer =
          EngineTimer.create().warmUp(Duration.ofMillis(20)).duration(Duration.ofMillis(200));
      LayerTimes times = timer.layers(engine, inputs);

      assertThat(times.runCount()).isGreaterThanOrEqualTo(10);
      assertThat(times.layers().stream().map(LayerTime::layer))
          .isSubsetOf(engine.inspection().layers().stream().map(EngineLayer::name).toList())
          .hasSizeGreaterThan(5);
      assertThat(times.layers().stream().mapToDouble(LayerTime::share).sum())
          .isCloseTo(1, within(1e-9));
      // The profiler adds to every layer, but not without measure.
      double median = timer.time(engine, inputs).compute().median();
      assertThat(times.totalMilliseconds()).isBetween(median * 0.7, median * 4 + 1);
    }
  }
}
