/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T12: pairs on both inputs or on neither. */
class ActivationProductRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);

  private String projected(String name, String input, int inputs, int outputs) {
    builder.weight(name + ".W", inputs, outputs);
    return builder.add("MatMul", name, List.of(input, name + ".W"));
  }

  private String product(String left, String right) {
    return builder.add("MatMul", "m", List.of(left, right));
  }

  @Test
  void plan_bothOperandsInt8_pairsBoth() {
    String x = builder.input("x", 2, 32, 32);
    String left = projected("left", x, 32, 32);
    String right = builder.relu("r", projected("right", x, 32, 32));
    QuantizationPlan plan = Plans.of(builder.output(product(left, right)));

    assertThat(Plans.decision(plan, "m")).isEqualTo("INT8 P14");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "x -> [left[0], right[0]], P12", "left -> [m[0]], P14", "r -> [m[1]], P14");
  }

  @Test
  void plan_oneOperandFloat_pairsNeither() {
    String x = builder.input("x", 2, 32, 32);
    String left = projected("left", x, 32, 32);
    QuantizationPlan plan = Plans.of(builder.output(product(left, f.op("Sin", x))));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P14");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [left[0]], P12");
  }

  @ParameterizedTest
  @CsvSource({
    "16, 16, 16, INT8 P14",
    "15, 16, 16, float P14",
    "16, 15, 16, float P14",
    "16, 16, 15, float P14"
  })
  void plan_sizesAtTheLimits_followP13(long rows, long inner, long columns, String expected) {
    String x = builder.input("x", 2, 240, 32);
    builder.longs("leftShape", -1, rows, inner);
    builder.longs("rightShape", -1, inner, columns);
    String left = f.op("Reshape", List.of(projected("left", x, 32, 32), "leftShape"));
    String right = f.op("Reshape", List.of(projected("right", x, 32, 32), "rightShape"));
    QuantizationPlan plan = Plans.of(builder.output(product(left, right)));

    assertThat(Plans.decision(plan, "m")).isEqualTo(expected);
    assertThat(plan.activationPairs()).hasSize(expected.startsWith("INT8") ? 3 : 1);
  }

  @Test
  void plan_unknownRows_isFloat() {
    String left = projected("left", builder.input("x", 2, "rows", 32), 32, 32);
    String right = projected("right", builder.input("y", 2, 32, 32), 32, 32);
    QuantizationPlan plan = Plans.of(builder.output(product(left, right)));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P14");
    assertThat(plan.decision("m").orElseThrow().why().text()).contains("not known");
  }

  @Test
  void plan_productBeforeASoftmax_isFloat() {
    String x = builder.input("x", 2, 32, 32);
    String scores = product(projected("left", x, 32, 32), projected("right", x, 32, 32));
    QuantizationPlan plan = Plans.of(builder.output(f.softmax(f.div(scores, f.number(4)))));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P14");
    assertThat(plan.decision("m").orElseThrow().why().text()).contains("a Softmax follows");
  }

  @Test
  void plan_excludedProduct_staysExcluded() {
    String x = builder.input("x", 2, 32, 32);
    String m = product(projected("left", x, 32, 32), projected("right", x, 32, 32));
    QuantizationPlan plan =
        Plans.planner()
            .withExcluded(NodeSelector.none().withName("m"))
            .plan(builder.output(m).build());

    assertThat(plan.decision("m").orElseThrow().why().text()).isEqualTo("excluded by option");
  }

  @Test
  void quantize_productOfTwoActivations_staysClose() {
    String x = builder.input("x", 2, 32, 32);
    String m = product(projected("left", x, 32, 32), projected("right", x, 32, 32));
    OnnxModel model = builder.output(m).build();
    Tensor sample = ModelBuilder.random(7, 1, 2, 32, 32);

    OnnxModel int8 = Calibration.quantized(model, sample, Target.ONNXRUNTIME);

    assertThat(int8.graph().nodes()).filteredOn(node -> node.is("QuantizeLinear")).hasSize(3);
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample)))
        .isGreaterThan(25);
  }
}
