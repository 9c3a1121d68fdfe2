/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletePoolsTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);

  @Test
  void run_pairOnTheInputAlone_isTakenOff() {
    QdqGraph graph = new QdqGraph();
    String conv =
        graph.int8Conv("conv", graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f), 4, 4, 3);
    String pool =
        graph.builder().add("GlobalAveragePool", "pool", List.of(graph.pair("q", conv, 0.05f)));
    OnnxModel model = graph.build(graph.builder().add("Flatten", "y", List.of(pool)));
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);

    List<Finding> findings = Repairs.runTwice(new CompletePools(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo(
            "QuantizeLinear DequantizeLinear DequantizeLinear Conv GlobalAveragePool Flatten");
    // half a step; values beyond 127 steps are clipped no more
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.3f));
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.remedy().text()).isEqualTo("reads float tensor \"conv\""));
  }

  @Test
  void run_pairOfOtherReaders_keepsItForThem() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().add("GlobalAveragePool", "pool", List.of(x));
    graph.int8Conv("conv", x, 4, 4, 3);
    OnnxModel model = graph.build("pool", "conv");

    Repairs.runTwice(new CompletePools(), model);

    assertThat(Repairs.node(model, "pool").requiredInput(0).name()).isEqualTo("x");
    assertThat(Repairs.node(model, "conv").requiredInput(0).name()).isEqualTo("xq");
  }

  @Test
  void run_pairsOnBothSidesAndFlattenBetween_findsNothing() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String mean = graph.builder().add("ReduceMean", "mean", List.of(x), integers("axes", 2, 3));
    String flat = graph.builder().add("Flatten", "flat", List.of(mean));
    OnnxModel model = graph.build(graph.pair("y", flat, 0.01f));

    assertThat(Repairs.runTwice(new CompletePools(), model)).isEmpty();
  }

  @Test
  void run_pairBehindAndInt8Before_isCompletedFromTheRange() {
    OnnxModel model = paired(true);
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);
    CalibrationTable ranges =
        CalibrationTable.builder().put("relu", new TensorStatistics(0, 6.35f, 4, 0)).build();

    List<Finding> findings =
        Repairs.runTwice(new CompletePools(), model, RepairOptions.defaults().withRanges(ranges));

    assertThat(Repairs.node(model, "pool").requiredInput(0).producer())
        .hasValueSatisfying(node -> assertThat(node.opType()).isEqualTo("DequantizeLinear"));
    assertThat(findings.get(0).remedy().text()).isEqualTo("pair of scale 0.05 on the input");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.1f));
  }

  @Test
  void run_pairBehindWithoutRange_isKept() {
    assertThat(Repairs.runTwice(new CompletePools(), paired(true)))
        .extracting(finding -> finding.remedy().outcome())
        .containsExactly(Remedy.Outcome.KEPT);
  }

  @Test
  void run_int8BehindResidualAddOfOtherReaders_isKept() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String sum = graph.builder().sum("sum", x, graph.int8Conv("conv", x, 4, 4, 3));
    graph.builder().add("GlobalAveragePool", "pool", List.of(graph.builder().relu("relu", sum)));
    OnnxModel model = graph.build(graph.pair("y", "pool", 0.01f), "relu");

    assertThat(Repairs.runTwice(new CompletePools(), model))
        .extracting(Finding::remedy)
        .containsExactly(new Remedy(Remedy.Outcome.KEPT, "kept: its input has float readers"));
  }

  @Test
  void run_twoInARowBeforeFloatOperators_bothLoseTheirPairs() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String first =
        graph.builder().add("AveragePool", "first", List.of(x), integers("kernel_shape", 2, 2));
    graph.builder().add("GlobalAveragePool", "y", List.of(graph.pair("q", first, 0.02f)));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new CompletePools(), model);

    assertThat(Repairs.operators(model)).isEqualTo("AveragePool GlobalAveragePool");
  }

  @Test
  void run_pairBehindFloatOperators_isThatOfItsReader() {
    assertThat(Repairs.runTwice(new CompletePools(), paired(false))).isEmpty();
  }

  @Test
  void run_inputWithPairOfAnother_readsThat() {
    QdqGraph graph = new QdqGraph();
    String conv =
        graph.int8Conv("conv", graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f), 4, 4, 3);
    graph.builder().add("GlobalAveragePool", "pool", List.of(conv));
    String other = graph.int8Conv("other", graph.pair("q", conv, 0.05f), 4, 4, 1);
    OnnxModel model = graph.build(graph.pair("y", "pool", 0.01f), other);

    assertThat(Repairs.runTwice(new CompletePools(), model)).hasSize(1);

    assertThat(Repairs.node(model, "pool").requiredInput(0))
        .isSameAs(Repairs.node(model, "other").requiredInput(0));
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).hasSize(4);
  }

  private static OnnxModel paired(boolean isInt8) {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    String conv =
        isInt8
            ? graph.int8Conv("conv", graph.pair("xq", x, 0.02f), 4, 4, 3)
            : graph.builder().conv("conv", x, 4, 4, 3);
    graph.builder().add("GlobalAveragePool", "pool", List.of(graph.builder().relu("relu", conv)));
    return graph.build(graph.pair("y", "pool", 0.01f));
  }
}
