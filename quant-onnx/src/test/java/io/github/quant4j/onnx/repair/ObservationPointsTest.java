/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  @Test
  void of_productOfTwoActivations_namesBoth() {
    QdqGraph graph = new QdqGraph();
    String query = graph.input("query", 1, 4, 8);
    String key = graph.input("key", 1, 8, 4);
    graph.builder().add("MatMul", "scores", List.of(query, key));

    assertThat(ObservationPoints.of(graph.build("scores").graph())).containsExactly("key", "query");
  }

  @Test
  void observationPoints_dequantizedAtOnce_namesWhatIsQuantizedDynamically() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 8);
    graph.builder().add("DynamicQuantizeLinear", "codes", List.of("x"));
    graph.builder().outputs("scale", "zp");
    graph.builder().add("DequantizeLinear", "dq", List.of("codes", "scale", "zp"));
    graph.builder().add("Neg", "y", List.of("dq"));

    assertThat(QdqRepair.floatForm(graph.build("y")).observationPoints()).containsExactly("x");
  }
}
