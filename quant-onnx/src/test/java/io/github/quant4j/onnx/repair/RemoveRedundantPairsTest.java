/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.ModelBuilder.text;
import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoveRedundantPairsTest {
  private static final float SCALE = 0.03f;
  private static final long[] SHAPE = {1, 8, 4, 4};

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final RemoveRedundantPairs pass = new RemoveRedundantPairs();

  @ParameterizedTest
  @ValueSource(
      strings = {"Relu", "Clip", "MaxPool", "Flatten", "Reshape", "Transpose", "Resize", "Slice"})
  void run_operatorThatCommutes_keepsThePairBehindItBitForBit(String opType) {
    String before = graph.pair("before", graph.input("x", 1, 8, 4, 4), SCALE);
    graph.pair("y", commuting(opType, before), SCALE);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertSame(pass, model, SHAPE);

    assertThat(Repairs.operators(model)).isEqualTo(opType + " QuantizeLinear DequantizeLinear");
    assertThat(findings).extracting(Finding::defect).containsExactly(Defect.REDUNDANT_PAIR);
    assertThat(findings.get(0).toString())
        .contains("\"op\" commutes with rounding and has pairs of scale 0.03 before and behind it")
        .endsWith("the pair before it is removed, that on \"op\" stays");
  }

  private String commuting(String opType, String input) {
    return switch (opType) {
      case "Clip" ->
          builder.add(opType, "op", List.of(input, scalar("low", -0.1f), scalar("high", 2.02f)));
      case "MaxPool" -> builder.maxPool("op", input);
      case "Reshape" -> builder.add(opType, "op", List.of(input, builder.longs("to", 1, -1)));
      case "Transpose" -> builder.add(opType, "op", List.of(input), integers("perm", 0, 2, 3, 1));
      case "Resize" -> {
        builder.constant("factors", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
        yield builder.add(
            opType,
            "op",
            Arrays.asList(input, "", "factors"),
            text("mode", "nearest"),
            text("coordinate_transformation_mode", "asymmetric"));
      }
      case "Slice" -> {
        List<String> bounds =
            List.of(input, builder.longs("from", 0), builder.longs("end", 4), "axis");
        builder.longs("axis", 1);
        yield builder.add(opType, "op", bounds);
      }
      default -> builder.add(opType, "op", List.of(input));
    };
  }

  private String scalar(String name, float value) {
    return builder.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  @Test
  void run_stemOfAnEagerResNet_keepsThePairBehindTheMaxPool() {
    String relu = builder.relu("relu", graph.pair("sum", graph.input("x", 1, 8, 4, 4), SCALE));
    String pool = builder.maxPool("pool", graph.pair("a", relu, SCALE));
    builder.sum("y", graph.pair("b", pool, SCALE), builder.relu("other", "b"));
    OnnxModel model = graph.build("y");

    Numbers.assertSame(pass, model, SHAPE);

    assertThat(Repairs.operators(model))
        .isEqualTo("Relu MaxPool QuantizeLinear DequantizeLinear Relu Add");
  }

  @Test
  void run_averageThenFlatten_keepsThePairAtTheGemm() {
    builder.add("GlobalAveragePool", "mean", List.of(graph.input("x", 1, 8, 4, 4)));
    String flat = builder.add("Flatten", "flat", List.of(graph.pair("a", "mean", SCALE)));
    gemm("y", graph.pair("b", flat, SCALE));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(Repairs.operators(model))
        .isEqualTo(
            "GlobalAveragePool Flatten QuantizeLinear DequantizeLinear DequantizeLinear Gemm");
  }

  private void gemm(String name, String input) {
    String weight = graph.weight(name + ".w", 1, 8, 16);
    builder.add("Gemm", name, List.of(input, weight));
  }

  @Test
  void run_copyOfATensorWithOtherReaders_readsThePairThatServesBoth() {
    String shared = graph.pair("a", graph.input("x", 1, 8, 4, 4), SCALE);
    graph.int8Conv("conv", shared, 8, 8, 3);
    builder.add("GlobalMaxPool", "max", List.of("conv"));
    String moved = builder.add("Transpose", "t", List.of(shared), integers("perm", 0, 1, 3, 2));
    graph.int8Conv("other", graph.pair("b", moved, SCALE), 8, 8, 3);
    builder.sum("y", "conv", "other");
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 1e-5, SHAPE);

    assertThat(inputs(model, "other")).first().isEqualTo("t");
    assertThat(Numbers.pairs(model)).isEqualTo(1);
    assertThat(findings.get(0).toString())
        .endsWith("the pair is removed; that of \"x\" serves both");
  }

  @Test
  void run_maxPoolOfATensorWithOtherReaders_keepsPairsOnBothSides() {
    String shared = graph.pair("a", graph.input("x", 1, 8, 4, 4), SCALE);
    graph.int8Conv("conv", shared, 8, 8, 3);
    graph.int8Conv("other", graph.pair("b", builder.maxPool("pool", shared), SCALE), 8, 8, 3);
    OnnxModel model = builder.output("conv").output("other").build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(Numbers.pairs(model)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"Relu, 0.04", "Sigmoid, 0.03"})
  void run_otherScaleOrOperator_staysAsItIs(String opType, float scale) {
    String before = graph.pair("before", graph.input("x", 1, 8, 4, 4), SCALE);
    builder.add(opType, "op", List.of(before));
    graph.pair("y", "op", scale);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_floatReaderOfTheOperator_staysAsItIs() {
    String before = graph.pair("before", graph.input("x", 1, 8, 4, 4), SCALE);
    String relu = builder.relu("relu", before);
    builder.sum("y", graph.pair("after", relu, SCALE), relu);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_concatOfEqualScales_keepsAllItsPairs() {
    String x = graph.input("x", 1, 8, 4, 4);
    String left = graph.pair("a", builder.relu("left", x), SCALE);
    String right = graph.pair("b", x, SCALE);
    builder.add("Concat", "join", List.of(left, right), ModelBuilder.integer("axis", 1));
    graph.pair("y", "join", SCALE);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }
}
