/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.tensorrt.LayerTime;
import io.github.quant4j.tensorrt.TimingStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimedEngineTest {
  private static final TimedEngine TIMED =
      new TimedEngine(
          new FileSize(Path.of("int8.plan"), 2048),
          Map.of("compute", TimingStatistics.of(3, 1, 2)),
          new TimedEngine.Runs(30, Duration.ofMillis(1500), 2000, List.of("the clock drifts")),
          List.of(new LayerTime("conv1", 1.5, 0.75)));

  @Test
  void writeText_showsThroughputTimesAndWarnings() {
    TextLines text = new TextLines();
    TIMED.writeText(text);

    assertThat(text.toString().lines())
        .containsExactly(
            "engine       int8.plan, 2,048 bytes",
            "throughput   2,000 samples/s, 30 runs in 1.50 s",
            "compute      min 1.0000, max 3.0000, mean 2.0000, median 2.0000, p90 3.0000, p95"
                + " 3.0000, p99 3.0000 ms, cv 40.82 %",
            "warning      the clock drifts",
            "layer        1.5000 ms, 75.0 % conv1");
  }

  @Test
  void writeJson_holdsTheSame() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(JsonText.of(TIMED));

    assertThat(json.keySet())
        .containsExactly(
            "command",
            "engine",
            "samplesPerSecond",
            "runs",
            "wallSeconds",
            "compute",
            "warnings",
            "layers");
    assertThat(json)
        .containsEntry("samplesPerSecond", 2000.0)
        .containsEntry("wallSeconds", 1.5)
        .containsEntry("layers", List.of(Map.of("layer", "conv1", "median", 1.5, "share", 0.75)));
    assertThat(String.valueOf(json.get("compute"))).contains("median=2.0", "p99=3.0");
  }
}
