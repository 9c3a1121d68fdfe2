/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletePairsTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);
  private static final RepairOptions RANGES =
      RepairOptions.defaults()
          .withRanges(
              CalibrationTable.builder().put("x", new TensorStatistics(-2.54f, 1, 4, 0)).build());

  @Test
  void run_weightsAlone_becomeFloatAndComputeTheSame() {
    QdqGraph graph = new QdqGraph();
    String first = graph.int8Conv("first", graph.input("x", 1, 4, 6, 6), 4, 4, 3);
    String second = graph.int8Conv("second", graph.builder().relu("relu", first), 4, 4, 1);
    OnnxModel model = graph.build(second);
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new CompletePairs(), model);

    assertThat(Repairs.operators(model)).isEqualTo("Conv Relu Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(1e-5f));
    assertThat(findings).hasSize(2);
    assertThat(findings.get(0).remedy().text())
        .isEqualTo("no range is known: weight int8 -> float32 \"first.w_float\"");
  }

  @Test
  void run_floatWeightBehindPair_becomesTheRoundedFloats() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    graph.builder().weight("w", 4, 4, 1, 1);
    OnnxModel model = graph.build(graph.conv("y", 1, x, graph.pair("wq", "w", 0.01f)));
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    Repairs.runTwice(new CompletePairs(), model);

    assertThat(Repairs.operators(model)).isEqualTo("Conv");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(1e-5f));
  }

  @Test
  void run_knownRange_addsOnePairForAllReaders() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String first = graph.int8Conv("first", x, 4, 4, 3);
    graph.builder().sum("y", first, graph.int8Conv("second", x, 4, 4, 1));
    OnnxModel model = graph.build("y");
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new CompletePairs(), model, RANGES);

    assertThat(Repairs.operators(model))
        .isEqualTo(
            "DequantizeLinear QuantizeLinear DequantizeLinear Conv DequantizeLinear Conv Add");
    assertThat(findings)
        .extracting(finding -> finding.remedy().text())
        .hasSize(2)
        .containsOnly("pair of scale 0.02, from observed values -2.54 to 1.0");
    // 40 products of weights below 1.27 with activations that changed by 0.01 at most
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.5f));
  }

  @Test
  void run_activationWithPairBefore_readsThatPair() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String first = graph.int8Conv("first", graph.pair("xq", x, 0.02f), 4, 4, 3);
    graph.builder().sum("y", first, graph.int8Conv("second", x, 4, 4, 1));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new CompletePairs(), model);

    assertThat(Repairs.node(model, "second").requiredInput(0).name()).isEqualTo("xq");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).hasSize(4 * 36);
  }

  @Test
  void run_activationWithPairBehind_movesThePairForward() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String bare = graph.int8Conv("bare", x, 4, 4, 1);
    graph.builder().sum("y", bare, graph.int8Conv("paired", graph.pair("xq", x, 0.02f), 4, 4, 3));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new CompletePairs(), model);

    assertThat(Repairs.node(model, "bare").requiredInput(0))
        .isSameAs(Repairs.node(model, "paired").requiredInput(0));
    assertThat(Repairs.operators(model)).containsOnlyOnce("QuantizeLinear DequantizeLinear");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).hasSize(4 * 36);
  }

  @Test
  void run_weightReadByBothKinds_keepsItsCodesForTheQuantized() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String weight = graph.weight("w", 0, 4, 4, 1, 1);
    String plain = graph.conv("plain", 1, x, weight);
    OnnxModel model = graph.build(graph.conv("int8", 1, graph.pair("q", plain, 0.05f), weight));
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    assertThat(Repairs.runTwice(new CompletePairs(), model)).hasSize(1);

    assertThat(Repairs.node(model, "plain").requiredInput(1).isConstant()).isTrue();
    assertThat(Repairs.node(model, "int8").requiredInput(1).name()).isEqualTo("w");
    // sums are taken in another order: a code of the second may change by one step
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.07f));
  }

  @Test
  void run_pairThatStatesOtherNumbers_isNotRead() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String codes = graph.quantize("codes", x, 0.05f, ElementType.INT8, 0);
    String odd = graph.dequantize("odd", codes, 0.1f, ElementType.INT8, 0);
    OnnxModel model = graph.build(graph.int8Conv("conv", x, 4, 4, 1), odd);

    Repairs.runTwice(new CompletePairs(), model);

    assertThat(Repairs.node(model, "conv").requiredInput(0).name()).isEqualTo("x");
    assertThat(Repairs.node(model, "conv").requiredInput(1).isConstant()).isTrue();
  }

  @Test
  void run_activationQuantizedBeforePadAndRelu_findsNothing() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String pads = graph.builder().longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    String padded = graph.builder().add("Pad", "pad", List.of(graph.builder().relu("r", x), pads));
    OnnxModel model = graph.build(graph.int8Conv("y", padded, 4, 4, 3));

    assertThat(Repairs.runTwice(new CompletePairs(), model)).isEmpty();
  }
}
