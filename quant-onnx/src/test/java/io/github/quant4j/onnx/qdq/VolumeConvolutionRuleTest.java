/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T08. */
class VolumeConvolutionRuleTest {
  @Test
  void plan_line_isInt8WithScalesOnAxis0() {
    QuantizationPlan plan = Plans.planner().plan(model(1, 32, 64, 3));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P08");
    assertThat(plan.weights()).extracting(w -> w.axis().orElse(-1)).containsExactly(0);
  }

  /** Columns: input channels, output channels, groups. */
  @ParameterizedTest
  @CsvSource({
    "32, 64, 1, INT8 P08",
    "24, 64, 1, float P08",
    "32, 24, 1, float P08",
    "64, 64, 4, float P08"
  })
  void plan_volume_isInt8InWholeTilesWithoutGroups(
      int inputs, int outputs, int groups, String expected) {
    OnnxModel model = model(groups, inputs, outputs, 3, 3, 3);
    QuantizationPlan plan = Plans.planner().withGroupedConvolutions(true).plan(model);

    assertThat(Plans.decision(plan, "c")).isEqualTo(expected);
  }

  @Test
  void plan_volumeOfOddChannels_isInt8ForOnnxRuntime() {
    QuantizationPlan plan =
        Plans.planner().forTarget(Target.ONNXRUNTIME).plan(model(1, 24, 20, 3, 3, 3));

    assertThat(Plans.decision(plan, "c")).isEqualTo("INT8 P08");
  }

  @Test
  void plan_lineOfFewChannels_followsP05() {
    assertThat(Plans.decision(Plans.planner().plan(model(1, 6, 6, 3)), "c")).isEqualTo("float P05");
  }

  @Test
  void plan_fourSpatialAxes_isFloat() {
    QuantizationPlan plan = Plans.planner().plan(model(1, 32, 32, 1, 1, 1, 1));

    assertThat(plan.decision("c").orElseThrow().why())
        .hasToString("P08: its weight [32, 32, 1, 1, 1, 1] is over no line, plane or volume");
  }

  private static OnnxModel model(int groups, int inputs, int outputs, int... kernel) {
    ModelBuilder builder = ModelBuilder.create();
    Object[] input = new Object[kernel.length + 2];
    long[] weight = new long[kernel.length + 2];
    Arrays.fill(input, 8);
    input[0] = "n";
    input[1] = inputs;
    weight[0] = outputs;
    weight[1] = inputs / groups;
    for (int i = 0; i < kernel.length; i++) {
      weight[i + 2] = kernel[i];
    }
    String r = builder.relu("r", builder.input("x", input));
    builder.weight("W", weight);
    builder.add("Conv", "c", List.of(r, "W"), ModelBuilder.integer("group", groups));
    return builder.output("c").build();
  }
}
