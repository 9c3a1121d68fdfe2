/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObservationPointsTest {
  @Test
  void of_residualBlock_namesWhatIsQuantizedAndWhatActivationsWrite() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("x.dq", graph.input("x", 1, 8, 8, 8), 0.01f);
    String conv = graph.int8Conv("conv", x, 8, 8, 3);
    String sum = graph.builder().sum("sum", graph.pair("conv.dq", conv, 0.02f), x);
    graph.builder().relu("out", graph.pair("sum.dq", sum, 0.03f));

    assertThat(ObservationPoints.of(graph.build("out").graph()))
        .containsExactly("conv", "out", "sum", "x");
  }

  @Test
  void of_weightOnlyModel_namesTheFloatActivation() {
    QdqGraph graph = new QdqGraph();
    String pooled = graph.builder().maxPool("pooled", graph.input("x", 1, 8, 8, 8));
    graph.int8Conv("conv", pooled, 8, 8, 3);

    assertThat(ObservationPoints.of(graph.build("conv").graph())).containsExactly("pooled");
  }
}
