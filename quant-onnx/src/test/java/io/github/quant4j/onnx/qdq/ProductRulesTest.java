/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductRulesTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0"})
  void plan_gemm_scalesVaryAlongItsOutputs(long transB, int axis) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 32);
    builder.weight("B", transB == 0 ? new long[] {32, 48} : new long[] {48, 32});
    builder.add("Gemm", "g", List.of(x, "B"), ModelBuilder.integer("transB", transB));
    QuantizationPlan plan = Plans.of(builder.output("g"));

    assertThat(Plans.decision(plan, "g")).isEqualTo("INT8 P11");
    assertThat(Plans.pairs(plan)).containsExactly("x -> [g[0]], P11");
    assertThat(plan.weights().get(0).axis()).hasValue(axis);
  }

  @Test
  void plan_gemmWithAFactorLeft_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 32);
    builder.weight("B", 32, 48);
    builder.add("Gemm", "g", List.of(x, "B"), ModelBuilder.real("alpha", 2));

    assertThat(Plans.decision(Plans.of(builder.output("g")), "g")).isEqualTo("float P11");
  }

  @ParameterizedTest
  @CsvSource({
    "n, 16, 16, INT8 P11",
    "n, 15, 16, float P13",
    "n, 16, 15, float P13",
    "n, 64, 1, float P13"
  })
  void plan_gemmAtTheLimits_followsP13(String rows, int inputs, int outputs, String expected) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", rows, inputs);

    assertThat(Plans.decision(Plans.of(builder.output(builder.gemm("g", x, inputs, outputs))), "g"))
        .isEqualTo(expected);
  }

  @Test
  void plan_gemmOfASingleRow_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 1, 32);
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", x, 32, 32)));

    assertThat(Plans.decision(plan, "g")).isEqualTo("float P13");
    assertThat(plan.decision("g").orElseThrow().why().text()).isEqualTo("it has a single row");
  }

  @Test
  void plan_matMulWithAMatrix_scalesVaryAlongTheLastAxis() {
    QuantizationPlan plan = matMul(new Object[] {"n", 10, 32}, 32, 48);

    assertThat(Plans.decision(plan, "m")).isEqualTo("INT8 P12");
    assertThat(plan.weights().get(0).axis()).hasValue(1);
  }

  @Test
  void plan_matMulWithABatchOfMatrices_hasOneScale() {
    QuantizationPlan plan = matMul(new Object[] {2, 10, 32}, 2, 32, 48);

    assertThat(Plans.decision(plan, "m")).isEqualTo("INT8 P12");
    assertThat(plan.weights().get(0).axis()).isEmpty();
  }

  @Test
  void plan_matMulOfOneRowPerBatch_isInt8() {
    assertThat(Plans.decision(matMul(new Object[] {"n", 1, 32}, 32, 48), "m"))
        .isEqualTo("INT8 P12");
  }

  @Test
  void plan_matMulWithFewInputs_isFloat() {
    assertThat(Plans.decision(matMul(new Object[] {"n", 10, 8}, 8, 48), "m"))
        .isEqualTo("float P13");
  }

  @Test
  void plan_matMulWithAVector_isFloat() {
    assertThat(Plans.decision(matMul(new Object[] {"n", 32}, 32), "m")).isEqualTo("float P13");
  }

  @Test
  void plan_matMulOfTwoActivations_hasNoPair() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 32, 32);
    QuantizationPlan plan = Plans.of(builder.output(builder.add("MatMul", "m", List.of(x, x))));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P14");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_matMulWithConstantFirst_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("A", 32, 32);
    String x = builder.input("x", 32, 32);
    QuantizationPlan plan = Plans.of(builder.output(builder.add("MatMul", "m", List.of("A", x))));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P14");
  }

  /** T46: a model of float16 has no float32 to quantize, and says so of every operator. */
  @Test
  void plan_convolutionOfFloat16_isFloatWithTheReason() {
    ModelBuilder builder = ModelBuilder.create();
    builder.graph().addInput(ModelBuilder.value("h", 10, 1, 16, 8, 8));
    builder.constant("hw", Float16.saturate(ModelBuilder.random(1, 1, 16, 16, 1, 1)));
    QuantizationPlan plan = Plans.of(builder.output(builder.convOf("c", "h", "hw")));

    assertThat(plan.decision("c"))
        .hasToString("Optional[Conv \"c\" float (P07: its weight is not float32)]");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_weightOfAnotherType_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    builder.longs("B", 1, 2);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.add("MatMul", "m", List.of(builder.input("x", 2), "B"))));

    assertThat(Plans.decision(plan, "m")).isEqualTo("float P07");
  }

  private static QuantizationPlan matMul(Object[] input, long... weight) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", input);
    builder.weight("B", weight);
    return Plans.of(builder.output(builder.add("MatMul", "m", List.of(x, "B"))));
  }
}
