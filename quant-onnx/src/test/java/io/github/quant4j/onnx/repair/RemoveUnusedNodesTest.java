/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoveUnusedNodesTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);

  @Test
  void run_nodesNothingDependsOn_areRemovedAndReportedInOrder() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    graph.pair("unused", graph.builder().relu("relu", x), 0.02f);
    OnnxModel model = graph.build(graph.builder().add("Neg", "y", List.of(x)));

    List<Finding> findings = Repairs.runTwice(new RemoveUnusedNodes(), model);

    assertThat(Repairs.operators(model)).isEqualTo("Neg");
    assertThat(model.graph().initializers()).isEmpty();
    assertThat(findings)
        .extracting(finding -> finding.site().node())
        .containsExactly("relu", "unused.q", "unused");
  }

  @Test
  void run_equalScalesAndZeroPoints_becomeOneInitializerEach() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("first", graph.input("x", 1, 4, 6, 6), 0.02f);
    String second = graph.pair("second", graph.builder().relu("relu", x), 0.02f);
    OnnxModel model = graph.build(graph.pair("third", second, 0.03f));
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new RemoveUnusedNodes(), model);

    assertThat(findings).isEmpty();
    assertThat(model.graph().initializers())
        .extracting(Value::name)
        .containsExactly("first.q.scale", "first.q.zp", "third.q.scale");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).isEqualTo(expected);
  }

  @Test
  void run_nodesOfOneName_getNamesOfTheirOwn() {
    QdqGraph graph = new QdqGraph();
    graph.builder().relu("relu", graph.input("x", 1, 4, 6, 6));
    graph.builder().relu("y", "relu");
    graph.builder().graph().getNodeBuilder(1).setName("relu");
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new RemoveUnusedNodes(), model);

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("relu", "y_Relu");
  }

  @Test
  void run_tidyModel_changesNothing() {
    QdqGraph graph = new QdqGraph();
    OnnxModel model = graph.build(graph.builder().relu("y", graph.input("x", 4)));

    assertThat(new RemoveUnusedNodes().run(new RepairContext(model, RepairOptions.defaults())))
        .isFalse();
  }
}
