/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MinMaxBenchmarkTest {

  @Test
  void observe_sameNumbersInAndOutsideTheHeap_givesTheSameRange() {
    MinMaxBenchmark benchmark = new MinMaxBenchmark();
    benchmark.fill();
    assertThat(benchmark.observeDirect()).isEqualTo(benchmark.observeHeap());
    assertThat(benchmark.plainSum()).isFinite();
  }
}
