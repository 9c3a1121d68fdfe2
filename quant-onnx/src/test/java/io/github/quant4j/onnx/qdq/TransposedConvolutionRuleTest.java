/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T09. */
class TransposedConvolutionRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void plan_forTensorRt_hasOneWeightScaleAndRoundsTheBias() {
    QuantizationPlan plan = Plans.planner().plan(model(32, 16, 1));

    assertThat(Plans.decision(plan, "t")).isEqualTo("INT8 P09");
    assertThat(Plans.pairs(plan)).containsExactly("r -> [t[0]], P09");
    assertThat(plan.weights())
        .containsExactly(
            new WeightQuantization("W", OptionalInt.empty(), List.of(new Edge("t", 1))));
    assertThat(plan.biases()).containsExactly(new BiasQuantization(new Edge("t", 2), "r", "W"));
  }

  @Test
  void plan_forOnnxRuntime_hasAScalePerOutputChannel() {
    QuantizationPlan plan = forOnnxRuntime(model(32, 8, 1));

    assertThat(Plans.decision(plan, "t")).isEqualTo("INT8 P09");
    assertThat(plan.weights()).extracting(w -> w.axis().orElse(-1)).containsExactly(1);
  }

  @Test
  void plan_groupsForOnnxRuntime_haveOneScale() {
    QuantizationPlan plan = forOnnxRuntime(model(32, 6, 2));

    assertThat(plan.weights())
        .extracting(WeightQuantization::axis)
        .containsExactly(OptionalInt.empty());
  }

  /** Columns: input channels, output channels per group, groups. */
  @ParameterizedTest
  @CsvSource({
    "16, 16, 1, INT8 P09",
    "15, 16, 1, float P10",
    "16, 15, 1, float P10",
    "32, 8, 2, INT8 P09",
    "32, 4, 2, float P10", // 8 outputs in all
    "32, 10, 2, float P09",
    "36, 8, 2, float P09", // 18 inputs a group
    "32, 1, 32, float P09" // depthwise
  })
  void plan_channelsAndGroups_followTheKernels(
      int inputs, int outputsPerGroup, int groups, String expected) {
    QuantizationPlan plan = Plans.planner().plan(model(inputs, outputsPerGroup, groups));

    assertThat(Plans.decision(plan, "t")).isEqualTo(expected);
  }

  @Test
  void plan_paddedOutput_isFloatForTensorRtOnly() {
    OnnxModel model = model(32, 16, 1, ModelBuilder.integers("output_padding", 1, 1));

    assertThat(Plans.planner().plan(model).decision("t").orElseThrow().why())
        .hasToString("P10: padding is added to its output");
    assertThat(Plans.decision(forOnnxRuntime(model), "t")).isEqualTo("INT8 P09");
  }

  @Test
  void plan_outputPaddingOfZero_isNone() {
    OnnxModel model = model(32, 16, 1, ModelBuilder.integers("output_padding", 0, 0));

    assertThat(Plans.decision(Plans.planner().plan(model), "t")).isEqualTo("INT8 P09");
  }

  @Test
  void plan_askedForOutputShape_isFloat() {
    OnnxModel model = model(32, 16, 1, ModelBuilder.integers("output_shape", 16, 16));

    assertThat(Plans.decision(Plans.planner().plan(model), "t")).isEqualTo("float P10");
  }

  @Test
  void plan_lineForTensorRt_isFloat() {
    builder.weight("W", 32, 32, 2);
    String x = builder.input("x", "n", 32, 8);
    builder.output(builder.add("ConvTranspose", "t", List.of(x, "W")));
    OnnxModel model = builder.build();

    assertThat(Plans.decision(Plans.planner().plan(model), "t")).isEqualTo("float P09");
    assertThat(Plans.decision(forOnnxRuntime(model), "t")).isEqualTo("INT8 P09");
  }

  @Test
  void plan_weightWithoutSpatialAxis_isFloat() {
    builder.weight("W", 32, 32);
    String x = builder.input("x", "n", 32);
    builder.output(builder.add("ConvTranspose", "t", List.of(x, "W")));

    assertThat(Plans.decision(forOnnxRuntime(builder.build()), "t")).isEqualTo("float P09");
  }

  @Test
  void plan_computedWeight_isFloat() {
    String x = builder.input("x", "n", 32, 8, 8);
    String w = builder.relu("w", builder.input("v", 32, 32, 2, 2));
    QuantizationPlan plan =
        Plans.of(builder.output(builder.add("ConvTranspose", "t", List.of(x, w))));

    assertThat(Plans.decision(plan, "t")).isEqualTo("float P07");
  }

  private static QuantizationPlan forOnnxRuntime(OnnxModel model) {
    return Plans.planner().forTarget(Target.ONNXRUNTIME).plan(model);
  }

  private static OnnxModel model(
      int inputs, int outputsPerGroup, int groups, AttributeProto... attributes) {
    ModelBuilder builder = ModelBuilder.create();
    String r = builder.relu("r", builder.input("x", "n", inputs, 8, 8));
    builder.weight("W", inputs, outputsPerGroup, 2, 2);
    builder.weight("b", (long) outputsPerGroup * groups);
    builder.add("ConvTranspose", "t", List.of(r, "W", "b"), attributes);
    builder
        .graph()
        .getNodeBuilder(1)
        .addAttribute(ModelBuilder.integer("group", groups))
        .addAttribute(ModelBuilder.integers("strides", 2, 2));
    return builder.output("t").build();
  }
}
