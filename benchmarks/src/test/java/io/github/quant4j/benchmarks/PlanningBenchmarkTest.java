/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.qdq.QuantizationPlan;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PlanningBenchmarkTest {

  @Test
  void plan_residualBlocks_quantizesAllNodes() throws IOException {
    PlanningBenchmark benchmark = new PlanningBenchmark();
    benchmark.prepare();

    QuantizationPlan plan = benchmark.plan();

    assertThat(plan.decisions()).hasSize(5_000);
    assertThat(plan.quantizedNodeCount()).isEqualTo(5_000);
    assertThat(benchmark.insert().graph().nodes()).hasSizeGreaterThan(10_000);
    assertThat(benchmark.readAndNormalize().graph().nodes()).hasSize(5_000);
    assertThat(benchmark.inferShapes()).isNotNull();
  }
}
