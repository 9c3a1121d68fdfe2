/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RangeSelectionBenchmarkTest {

  @Test
  void select_normalValues_keepsMostOfThem() {
    RangeSelectionBenchmark benchmark = new RangeSelectionBenchmark();
    benchmark.fill();
    assertThat(benchmark.entropy()).isBetween(2_500f, 4_100f);
    assertThat(benchmark.meanSquaredError()).isBetween(2_500f, 4_100f);
    assertThat(benchmark.meanSquaredErrorAsymmetric()).isBetween(2_500f, 4_100f);
    assertThat(benchmark.percentile()).isBetween(2_500f, 4_100f);
  }
}
