/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RepairBenchmarkTest {

  @Test
  void repair_blocksOfFiveThousandNodes_findsWorkInAll() throws IOException {
    RepairBenchmark benchmark = new RepairBenchmark();
    benchmark.prepare();

    assertThat(OnnxModel.of(EagerModel.of(88)).graph().nodes()).hasSizeBetween(4_900, 5_100);
    assertThat(benchmark.repair().report().refused()).isEmpty();
    assertThat(benchmark.repair().model().graph().nodes()).hasSizeLessThan(1_500);
    assertThat(benchmark.lint().findings()).hasSizeGreaterThan(500);
  }

  @Test
  void prepare_gzippedFile_readsIt() throws IOException {
    RepairBenchmark benchmark = new RepairBenchmark();
    benchmark.model = "../data/models/resnet20_eager_int8.onnx.gz";

    benchmark.prepare();

    assertThat(benchmark.repair().report().before().count("Cast")).isEqualTo(74);
  }
}
