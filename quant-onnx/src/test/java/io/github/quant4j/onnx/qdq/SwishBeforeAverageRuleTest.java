/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwishBeforeAverageRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));
  private final String head = builder.conv("head", x, 16, 32, 1);

  private String swish(String input) {
    return builder.add("HardSwish", "swish", List.of(input));
  }

  private String averaged(String input) {
    return builder.add(
        "Flatten", "flat", List.of(builder.add("GlobalAveragePool", "gap", List.of(input))));
  }

  @Test
  void plan_convolutionHardSwishFloatAverage_leavesTheConvolutionFloat() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.gemm("fc", averaged(swish(head)), 32, 10)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("float P52");
    assertThat(plan.activationPairs()).isEmpty();
    assertThat(plan.weights()).isEmpty();
    assertThat(plan.biases()).isEmpty();
  }

  @Test
  void plan_theSameForOnnxRuntime_staysInt8() {
    builder.output(builder.gemm("fc", averaged(swish(head)), 32, 10));
    QuantizationPlan plan = Plans.planner().forTarget(Target.ONNXRUNTIME).plan(builder.build());

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_otherReaderOfTheSameTensor_keepsItsPair() {
    builder.output(builder.conv("other", x, 16, 16, 3));
    QuantizationPlan plan =
        Plans.of(builder.output(builder.gemm("fc", averaged(swish(head)), 32, 10)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [other[0]], P01");
  }

  @Test
  void plan_convolutionHardSwishInt8Average_staysInt8() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.gemm("fc", averaged(swish(head)), 32, 32)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
    assertThat(Plans.decision(plan, "gap")).isEqualTo("INT8 P28");
  }

  @Test
  void plan_convolutionHardSwishConvolution_staysInt8() {
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", swish(head), 32, 16, 3)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_convolutionReluFloatAverage_staysInt8() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.gemm("fc", averaged(builder.relu("r", head)), 32, 10)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_convolutionDecomposedSwishFloatAverage_leavesTheConvolutionFloat() {
    Formulas f = new Formulas(builder);
    String other = builder.conv("other", x, 16, 32, 1);
    builder.output(f.average(f.silu(other)));
    QuantizationPlan plan =
        Plans.of(builder.output(builder.gemm("fc", averaged(f.hardSwish(head)), 32, 10)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("float P52");
    assertThat(Plans.decision(plan, "other")).isEqualTo("float P52");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_convolutionHardSwishFloatMean_leavesTheConvolutionFloat() {
    builder.output(
        builder.add(
            "ReduceMean",
            "mean",
            List.of(swish(head)),
            ModelBuilder.integers("axes", 2, 3),
            ModelBuilder.integer("keepdims", 0)));

    assertThat(Plans.decision(Plans.of(builder), "head")).isEqualTo("float P52");
  }

  @Test
  void plan_convolutionHardSwishLayerNormalization_staysInt8() {
    Formulas f = new Formulas(builder);
    QuantizationPlan plan = Plans.of(builder.output(f.normalized(swish(head))));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_convolutionDecomposedSwishConvolution_staysInt8() {
    Formulas f = new Formulas(builder);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("next", f.hardSwish(head), 32, 16, 3)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }
}
