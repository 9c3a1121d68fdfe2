/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemovePairsAtOutputsTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);

  @Test
  void run_pairBeforeOutput_isGoneAndTheNameStays() {
    QdqGraph graph = new QdqGraph();
    String conv =
        graph.int8Conv("conv", graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f), 4, 4, 1);
    OnnxModel model = graph.build(graph.pair("y", conv, 0.05f));
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new RemovePairsAtOutputs(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
    assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("y");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.0251f));
    assertThat(findings)
        .singleElement()
        .hasToString(
            "R30 warning at node \"y\", tensor \"y\": output \"y\" is \"conv\" behind a pair of"
                + " scale 0.05; written by \"conv\" as it is computed");
  }

  @Test
  void run_twoPairsInARow_areBothGone() {
    QdqGraph graph = new QdqGraph();
    String relu = graph.builder().relu("relu", graph.input("x", 1, 4, 6, 6));
    OnnxModel model = graph.build(graph.pair("y", graph.pair("first", relu, 0.05f), 0.1f));

    assertThat(Repairs.runTwice(new RemovePairsAtOutputs(), model)).hasSize(2);
    assertThat(Repairs.operators(model)).isEqualTo("Relu");
  }

  @Test
  void run_pairWithOtherReaders_staysForThem() {
    QdqGraph graph = new QdqGraph();
    String relu = graph.builder().relu("relu", graph.input("x", 1, 4, 6, 6));
    String pair = graph.pair("y", relu, 0.02f);
    graph.int8Conv("conv", pair, 4, 4, 1);
    graph.builder().add("Neg", "neg", List.of(relu));
    OnnxModel model = graph.build("y", "conv", "neg");
    Map<String, Tensor> before = OnnxRuntimeOracle.run(model, Map.of("x", IMAGE));

    Repairs.runTwice(new RemovePairsAtOutputs(), model);

    Map<String, Tensor> after = OnnxRuntimeOracle.run(model, Map.of("x", IMAGE));
    assertThat(floats(after, "conv")).isEqualTo(floats(before, "conv"));
    assertThat(floats(after, "neg")).isEqualTo(floats(before, "neg"));
    for (int i = 0; i < 4 * 36; i++) {
      assertThat(floats(after, "y").get(i)).isEqualTo(Math.max(0, IMAGE.floats().get(i)));
    }
  }

  private static FloatBuffer floats(Map<String, Tensor> outputs, String name) {
    return requireNonNull(outputs.get(name)).floats();
  }

  @Test
  void run_pairOnGraphInput_isKept() {
    QdqGraph graph = new QdqGraph();
    OnnxModel model = graph.build(graph.pair("y", graph.input("x", 4), 0.05f));

    assertThat(Repairs.runTwice(new RemovePairsAtOutputs(), model))
        .extracting(Finding::remedy)
        .containsExactly(new Remedy(Remedy.Outcome.KEPT, "kept: \"x\" is an input of the graph"));
  }

  @Test
  void run_tensorThatIsAnOutputToo_isKept() {
    QdqGraph graph = new QdqGraph();
    String relu = graph.builder().relu("relu", graph.input("x", 4));
    OnnxModel model = graph.build(relu, graph.pair("y", relu, 0.05f));

    assertThat(Repairs.runTwice(new RemovePairsAtOutputs(), model))
        .extracting(finding -> finding.remedy().outcome())
        .containsExactly(Remedy.Outcome.KEPT);
  }

  @Test
  void run_nodesThatStateOtherNumbers_areLeftAlone() {
    QdqGraph graph = new QdqGraph();
    String relu = graph.builder().relu("relu", graph.input("x", 4));
    String codes = graph.quantize("codes", relu, 0.05f, ElementType.INT8, 0);
    OnnxModel model = graph.build(graph.dequantize("y", codes, 0.1f, ElementType.INT8, 0));

    assertThat(Repairs.runTwice(new RemovePairsAtOutputs(), model)).isEmpty();
  }

  @Test
  void run_codesAsOutput_areLeftAlone() {
    QdqGraph graph = new QdqGraph();
    String relu = graph.builder().relu("relu", graph.input("x", 4));
    graph.quantize("y", relu, 0.05f, ElementType.INT8, 0);
    OnnxModel model = graph.builder().output("y", ElementType.INT8).build();

    assertThat(Repairs.runTwice(new RemovePairsAtOutputs(), model)).isEmpty();
  }
}
