/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldQuantizedConstantsTest {
  private static final Tensor ROWS = ModelBuilder.random(7, 2, 3, 4);

  @ParameterizedTest
  @CsvSource({"INT8, 0", "INT8, -7", "UINT8, 0", "UINT8, 131"})
  void run_operandBehindPair_becomesTheRoundedNumbers(ElementType type, int zeroPoint) {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 3, 4);
    graph.builder().weight("c", 3, 4);
    String pair = graph.pair("cq", "c", 0.007f, type, zeroPoint);
    OnnxModel model = graph.build(graph.builder().add("Mul", "y", List.of(x, pair)));
    float[] expected = OnnxRuntimeOracle.run(model, ROWS);

    List<Finding> findings = Repairs.runTwice(new FoldQuantizedConstants(), model);

    assertThat(Repairs.operators(model)).isEqualTo("Mul");
    assertThat(OnnxRuntimeOracle.run(model, ROWS)).isEqualTo(expected);
    assertThat(findings)
        .singleElement()
        .hasToString(
            "R36 note at node \"cq\", tensor \"cq\": Mul reads a constant, which is no weight,"
                + " through "
                + type
                + " codes; float32 constant of the rounded numbers");
  }

  @Test
  void run_operandOfCodesPerAxis_becomesFloat() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 3, 4);
    OnnxModel model = graph.build(graph.builder().sum("y", x, graph.weight("c", 1, 3, 4)));
    float[] expected = OnnxRuntimeOracle.run(model, ROWS);

    Repairs.runTwice(new FoldQuantizedConstants(), model);

    assertThat(Repairs.operators(model)).isEqualTo("Add");
    assertThat(OnnxRuntimeOracle.run(model, ROWS)).isEqualTo(expected);
  }

  @Test
  void run_parametersOfNormalization_canBeFoldedThen() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    graph.builder().batchNormalization("bn", graph.int8Conv("conv", x, 4, 4, 1), 4);
    String gamma = graph.pair("gamma", "bn.gamma", 0.01f);
    String beta = graph.bias("beta", new int[] {10, -20, 30, 40}, 0.01f, 0.02f, 0.03f, 0.04f);
    graph.builder().graph().getNodeBuilderList().stream()
        .filter(node -> node.getName().equals("bn"))
        .forEach(node -> node.setInput(1, gamma).setInput(2, beta));
    OnnxModel model = graph.build("bn");

    Repairs.runTwice(new FoldQuantizedConstants(), model);
    Repairs.runTwice(new FoldNormalizationIntoCodes(), model);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear Conv");
  }

  @Test
  void run_constantThatIsAWeightToo_staysCodesForThat() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 3, 4);
    String weight = graph.weight("w", 0, 4, 4);
    String product = graph.builder().add("MatMul", "product", List.of(x, weight));
    OnnxModel model =
        graph.build(product, graph.builder().add("Mul", "square", List.of(weight, weight)));

    assertThat(Repairs.runTwice(new FoldQuantizedConstants(), model)).hasSize(1);

    assertThat(Repairs.operators(model)).isEqualTo("DequantizeLinear MatMul Mul");
    assertThat(Repairs.node(model, "square").inputs()).allMatch(value -> value.isConstant());
  }

  @Test
  void run_weightsTablesAndScalesThatDoNotFit_stay() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 3, 4);
    graph.input("image", 1, 3, 4, 4);
    graph.builder().weight("kernel", 2, 3, 1, 1);
    graph.builder().add("MatMul", "product", List.of(x, graph.weight("w", 0, 4, 4)));
    graph
        .builder()
        .add(
            "Concat",
            "joined",
            List.of(x, graph.weight("c", 0, 3, 4)),
            ModelBuilder.integer("axis", 0));
    graph.conv("conv", 1, "image", "kernel", graph.bias("bias", new int[] {1, 2}, 1, 2));
    Tensor codes =
        Tensor.ofBytes(ElementType.INT8, Shape.of(4), (byte) 1, (byte) 2, (byte) 3, (byte) 4);
    graph
        .builder()
        .sum("sum", x, graph.weight("odd", 0, codes, Tensor.ofFloats(Shape.of(2), 1, 2)));
    graph.builder().sum("zero", x, graph.weight("flat", 0, codes, Tensor.ofFloats(Shape.of(1), 0)));
    OnnxModel model = graph.build("product", "joined", "conv", "sum", "zero");

    assertThat(Repairs.runTwice(new FoldQuantizedConstants(), model)).isEmpty();
  }
}
