/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class QuantizeBenchmarkTest {

  @Test
  void quantize_inEveryWay_givesTheCodesOfThePlainLoop() {
    QuantizeBenchmark benchmark = new QuantizeBenchmark();
    benchmark.fill();
    ByteBuffer expected = ByteBuffer.wrap(benchmark.plainLoop());
    assertThat(benchmark.quantizeHeap()).isEqualTo(expected);
    assertThat(benchmark.quantizeDirect()).isEqualTo(expected);
    assertThat(benchmark.quantizePerRow()).isEqualTo(expected);
    assertThat(benchmark.quantizePerColumn()).isEqualTo(expected);
    assertThat(benchmark.fakeQuantize().duplicate()).isEqualTo(benchmark.dequantize());
  }
}
