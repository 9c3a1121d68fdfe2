/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T06. */
class GroupedConvolutionRuleTest {
  @Test
  void plan_groups_areFloatUnlessAllowed() {
    QuantizationPlan plan = Plans.planner().plan(model(32, 32, 4));

    assertThat(plan.decision("c").orElseThrow().why())
        .hasToString("P04: it has 4 groups and is not depthwise");
    assertThat(plan.activationPairs()).isEmpty();
  }

  @Test
  void plan_groupsOf8ThatAreAllowed_areInt8WithAScalePerChannel() {
    QuantizationPlan plan = Plans.planner().withGroupedConvolutions(true).plan(model(32, 32, 4));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P04");
    assertThat(plan.weights())
        .singleElement()
        .hasToString("WeightQuantization[tensor=c.W, axis=OptionalInt[0], edges=[c[1]]]");
  }

  /** Columns: input channels, output channels, of 4 groups. */
  @ParameterizedTest
  @CsvSource({"24, 32, 6, 8", "32, 24, 8, 6", "8, 32, 2, 8"})
  void plan_groupsThatAreNoMultiplesOf4_areFloatThoughAllowed(
      int inputs, int outputs, int inputsPerGroup, int outputsPerGroup) {
    QuantizationPlan plan =
        Plans.planner().withGroupedConvolutions(true).plan(model(inputs, outputs, 4));

    assertThat(plan.decision("c").orElseThrow().why())
        .hasToString(
            "P04: its groups have %s inputs and %s outputs, no multiples of 4"
                .formatted(inputsPerGroup, outputsPerGroup));
  }

  @Test
  void plan_groupsForOnnxRuntime_areInt8WithoutBeingAllowed() {
    QuantizationPlan plan = Plans.planner().forTarget(Target.ONNXRUNTIME).plan(model(24, 24, 4));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P04");
  }

  @Test
  void plan_depthwise_isNotHeldBack() {
    assertThat(Plans.decision(Plans.planner().plan(model(64, 64, 64)), "c")).isEqualTo("INT8 P03");
  }

  private static OnnxModel model(int inputs, int outputs, int groups) {
    ModelBuilder builder = ModelBuilder.create();
    String r = builder.relu("r", builder.input("x", "n", inputs, 8, 8));
    return builder.output(builder.conv("c", r, inputs, outputs, 3, groups)).build();
  }
}
