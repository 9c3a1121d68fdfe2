/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionRuleTest {
  @Test
  void plan_convolutionWithBias_onePairAndWeightOnAxis0() {
    ModelBuilder builder = ModelBuilder.create();
    String r = builder.relu("r", builder.input("x", "n", 32, 8, 8));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", r, 32, 64, 3)));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P01");
    assertThat(Plans.pairs(plan)).containsExactly("r -> [c[0]], P01");
    assertThat(plan.weights())
        .hasToString("[WeightQuantization[tensor=c.W, axis=OptionalInt[0], edges=[c[1]]]]");
    assertThat(plan.biases())
        .hasToString("[BiasQuantization[edge=c[2], inputTensor=r, weightTensor=c.W]]");
  }

  @Test
  void plan_convolutionWithoutBias_roundsNone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 32, 8, 8);
    builder.weight("W", 32, 32, 3, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.convOf("c", x, "W")));

    assertThat(plan.biases()).isEmpty();
    assertThat(plan.quantizedNodeCount()).isOne();
  }

  @Test
  void plan_depthwiseConvolution_isInt8() {
    ModelBuilder builder = ModelBuilder.create();
    String r = builder.relu("r", builder.input("x", "n", 64, 8, 8));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", r, 64, 64, 3, 64)));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P03");
  }

  /** Columns: input channels, output channels, kernel, groups, whether it reads the graph input. */
  @ParameterizedTest
  @CsvSource({
    "16, 16, 3, 1, false, INT8 P01",
    "15, 15, 3, 1, false, float P05",
    "16, 12, 3, 1, false, INT8 P01", // 16 inputs on one side, a multiple of 8
    "16, 15, 3, 1, false, INT8 P01",
    "15, 16, 3, 1, false, INT8 P01",
    "17, 15, 3, 1, false, float P05", // no multiple of 8
    "3, 32, 3, 1, false, INT8 P01",
    "3, 32, 3, 1, true, INT8 P06",
    "3, 8, 3, 1, true, INT8 P06", // first layer, a multiple of 8
    "3, 8, 3, 1, false, float P05", // the same further in
    "8, 6, 3, 1, true, INT8 P06",
    "3, 6, 3, 1, true, float P05",
    "12, 12, 3, 12, false, float P05",
    "64, 64, 3, 64, false, INT8 P03",
    "16, 16, 1, 16, false, float P05", // a depthwise kernel below 3
    "8, 8, 3, 8, false, INT8 P03"
  })
  void plan_channelsAtTheLimits_followP05(
      int inputs, int outputs, int kernel, int groups, boolean isFirst, String expected) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", inputs, 8, 8);
    String read = isFirst ? x : builder.relu("r", x);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", read, inputs, outputs, kernel, groups)));

    assertThat(Plans.decision(plan, "c")).isEqualTo(expected);
  }

  @Test
  void plan_fewChannelsAndOblongKernel_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 8, 8, 8);
    builder.weight("W", 16, 8, 1, 3);
    QuantizationPlan plan = Plans.of(builder.output(builder.convOf("c", x, "W")));

    assertThat(Plans.decision(plan, "c")).isEqualTo("float P05");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_firstConvolution_isFloatWhereAccuracyIsFavoured() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3, 8, 8);
    String first = builder.conv("first", x, 3, 32, 3);
    OnnxModel model = builder.output(builder.conv("next", first, 32, 32, 3)).build();

    for (PlanProfile profile : PlanProfile.values()) {
      QuantizationPlan plan = Plans.planner().withProfile(profile).plan(model);

      assertThat(Plans.decision(plan, "first"))
          .as("%s", profile)
          .isEqualTo(profile == PlanProfile.ACCURACY ? "float P06" : "INT8 P06");
    }
  }

  @Test
  void plan_fewChannels_areInt8ForOnnxRuntime() {
    ModelBuilder builder = ModelBuilder.create();
    String r = builder.relu("r", builder.input("x", "n", 3, 8, 8));
    OnnxModel model = builder.output(builder.conv("c", r, 3, 6, 3)).build();

    assertThat(Plans.decision(Plans.planner().plan(model), "c")).isEqualTo("float P05");
    assertThat(Plans.decision(Plans.planner().forTarget(Target.ONNXRUNTIME).plan(model), "c"))
        .isEqualTo("INT8 P01");
  }

  @Test
  void plan_computedWeight_isFloat() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 32, 8, 8);
    String w = builder.relu("w", builder.input("v", 32, 32, 3, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.convOf("c", x, w)));

    assertThat(Plans.decision(plan, "c")).isEqualTo("float P07");
    assertThat(plan.activationPairs()).isEmpty();
  }
}
