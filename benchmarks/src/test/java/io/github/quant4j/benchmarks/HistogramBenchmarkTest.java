/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.benchmarks.HistogramBenchmark.Values;
import org.junit.jupiter.api.Test;

class HistogramBenchmarkTest {

  @Test
  void observe_sameNumbersInAndOutsideTheHeap_givesTheSameHistogram() {
    for (Values values : Values.values()) {
      HistogramBenchmark benchmark = new HistogramBenchmark();
      benchmark.values = values;
      benchmark.fill();

      assertThat(benchmark.observeDirect().snapshot())
          .isEqualTo(benchmark.observeHeap().snapshot());
      assertThat(benchmark.plainSum()).isFinite();
    }
  }
}
