/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String stem = builder.relu("stem", builder.input("x", "n", 16, 8, 8));
  private final String head = builder.conv("head", stem, 16, 32, 1);

  @ParameterizedTest
  @EnumSource(PlanProfile.class)
  void plan_convolutionThatIsAnOutput_isInt8OnlyWhereSpeedIsFavoured(PlanProfile profile) {
    QuantizationPlan plan =
        QdqPlanner.create().withProfile(profile).plan(builder.output(head).build());

    assertThat(Plans.decision(plan, "head"))
        .isEqualTo(profile == PlanProfile.SPEED ? "INT8 P01" : "float P19");
    assertThat(plan.activationPairs()).hasSize(profile == PlanProfile.SPEED ? 1 : 0);
  }

  @Test
  void plan_head_saysWhy() {
    assertThat(plan(head).decision("head").orElseThrow().why())
        .hasToString("P19: it is a head: nothing but decoding follows it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sigmoid", "Softmax", "Flatten", "GlobalAveragePool", "ReduceMax"})
  void plan_headThatIsDecoded_isFloat(String decoder) {
    assertThat(decision(builder.add(decoder, "d", List.of(head)))).isEqualTo("float P19");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Relu", "HardSwish", "Erf", "InstanceNormalization"})
  void plan_featuresThatAreAnOutput_areInt8(String activation) {
    assertThat(decision(builder.add(activation, "a", List.of(head)))).isEqualTo("INT8 P01");
  }

  @Test
  void plan_headsThatAreConcatenatedAndCombined_areFloat() {
    String other = builder.conv("other", stem, 16, 32, 1);
    String boxes =
        builder.add("Concat", "boxes", List.of(head, other), ModelBuilder.integer("axis", 1));
    QuantizationPlan plan = plan(builder.add("Mul", "scaled", List.of(boxes, boxes)));

    assertThat(Plans.decision(plan, "head")).isEqualTo("float P19");
    assertThat(Plans.decision(plan, "other")).isEqualTo("float P19");
  }

  @Test
  void plan_convolutionWithAWeightedReader_isNoHead() {
    QuantizationPlan plan = plan(builder.conv("next", head, 32, 16, 1));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
    assertThat(Plans.decision(plan, "next")).isEqualTo("float P19");
  }

  @Test
  void plan_outputThatIsReadAsFeaturesToo_isNoHead() {
    builder.output(head);
    QuantizationPlan plan = plan(builder.relu("r", head));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_splitOfWhichOnePartIsFeatures_isNoHead() {
    builder.add("Split", "s", List.of(head), ModelBuilder.integer("axis", 1));
    builder.graph().getNodeBuilder(2).addOutput("s2");
    builder.output("s");
    QuantizationPlan plan = plan(builder.relu("r", "s2"));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_convolutionABodyReads_isNoHead() {
    builder.output(head);
    QuantizationPlan plan = plan(Bodies.choice(builder, "if", head));

    assertThat(Plans.decision(plan, "head")).isEqualTo("INT8 P01");
  }

  @Test
  void plan_expectationOverASoftmax_isPartOfTheDecoding() {
    String softmax = builder.add("Softmax", "p", List.of(head), ModelBuilder.integer("axis", 1));
    String moved =
        builder.add("Transpose", "t", List.of(softmax), ModelBuilder.integers("perm", 0, 1, 3, 2));
    QuantizationPlan plan = plan(builder.conv("dfl", moved, 32, 1, 1));

    assertThat(Plans.decision(plan, "head")).isEqualTo("float P19");
    assertThat(Plans.decision(plan, "dfl")).isEqualTo("float P19");
  }

  @Test
  void plan_projectionThatAttentionReads_isNoHead() {
    builder.weight("Q", 32, 32);
    String x = builder.input("tokens", 2, 8, 32);
    String q = builder.add("MatMul", "q", List.of(x, "Q"));
    String scores = builder.add("Softmax", "p", List.of(x));
    QuantizationPlan plan = plan(builder.add("MatMul", "pv", List.of(scores, q)));

    assertThat(Plans.decision(plan, "q")).isEqualTo("INT8 P12");
  }

  @Test
  void plan_convolutionNobodyReads_isNoHead() {
    builder.output(stem);

    assertThat(
            Plans.decision(
                QdqPlanner.create().withProfile(PlanProfile.ACCURACY).plan(builder.build()),
                "head"))
        .isEqualTo("INT8 P01");
  }

  /** Takes under a second; were every head followed to the end, it would take minutes. */
  @Test
  void plan_manyHeadsBeforeALongDecoding_takesTimeInProportion() {
    String sum = head;
    for (int i = 0; i < 10_000; i++) {
      sum = builder.sum("s" + i, sum, builder.convOf("c" + i, stem, "head.W"));
    }
    OnnxModel model = builder.output(sum).build();

    long start = System.nanoTime();
    QdqPlanner.create().withProfile(PlanProfile.ACCURACY).plan(model);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  private QuantizationPlan plan(String output) {
    return QdqPlanner.create()
        .withProfile(PlanProfile.ACCURACY)
        .plan(builder.output(output).build());
  }

  private String decision(String output) {
    return Plans.decision(plan(output), "head");
  }
}
