/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolRulesTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_convolutionReluMaxPool_hasThePairAfterThePool() {
    String pooled = builder.maxPool("p", builder.relu("r", builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("INT8 P26");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c1[0]], P01", "p -> [c2[0]], P01");
    assertThat(plan.observationPoints()).containsExactly("p", "stem");
  }

  @Test
  void plan_maxPoolOfAPairedTensor_sharesItsScale() {
    String pooled = builder.maxPool("p", x);
    builder.output(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("INT8 P27");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [p[0], c1[0]], P27", "p -> [c2[0]], P01");
    assertThat(plan.activationPairs().get(1).rangeSources()).containsExactly("stem");
    assertThat(plan.observationPoints()).containsExactly("stem");
  }

  @Test
  void plan_chainOfMaxPoolsAllRead_hasOneScaleThroughout() {
    String p1 = builder.maxPool("p1", x);
    String p2 = builder.maxPool("p2", p1);
    builder.output(builder.conv("c0", x, 16, 16, 1));
    builder.output(builder.conv("c1", p1, 16, 16, 1));
    builder.output(builder.conv("c2", p2, 16, 16, 1));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(plan.activationPairs())
        .extracting(ActivationPair::rangeSources)
        .containsOnly(List.of("stem"));
    assertThat(Plans.decision(plan, "p2")).isEqualTo("INT8 P27");
  }

  @Test
  void plan_maxPoolWithFloatReaders_isFloat() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.maxPool("p", x)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float P27");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_maxPoolOfAFloatTensor_isFloat() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", builder.maxPool("p", x), 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float P26");
    assertThat(Plans.pairs(plan)).containsExactly("p -> [c[0]], P01");
  }

  @Test
  void plan_maxPoolWithDilations_isNotSpokenOf() {
    builder.add(
        "MaxPool",
        "p",
        List.of(x),
        ModelBuilder.integers("kernel_shape", 2, 2),
        ModelBuilder.integers("dilations", 2, 2));
    builder.output(builder.conv("c1", x, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", "p", 16, 16, 3)));

    assertThat(Plans.decision(plan, "p")).isEqualTo("float ");
    assertThat(plan.observationPoints()).containsExactly("p", "stem");
  }

  @Test
  void plan_averageBetweenInt8Operators_isPairedOnBothSides() {
    String pooled = average("avg", builder.relu("r", builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "avg")).isEqualTo("INT8 P28");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0]], P01", "r -> [avg[0]], P28", "avg -> [c2[0]], P01");
  }

  @Test
  void plan_averageFlattenGemm_looksThroughTheFlatten() {
    String pooled =
        builder.add("GlobalAveragePool", "gap", List.of(builder.conv("c", x, 16, 16, 3)));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 16)));

    assertThat(Plans.decision(plan, "gap")).isEqualTo("INT8 P28");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c[0]], P01", "c -> [gap[0]], P28", "f -> [g[0]], P11");
  }

  @Test
  void plan_averageBeforeAFloatHead_hasNoPair() {
    String pooled =
        builder.add("GlobalAveragePool", "gap", List.of(builder.conv("c", x, 16, 16, 3)));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 10)));

    assertThat(Plans.decision(plan, "gap")).isEqualTo("float P28");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_averageOfAFloatTensor_hasNoPairBefore() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", average("avg", x), 16, 16, 3)));

    assertThat(Plans.decision(plan, "avg")).isEqualTo("float P28");
    assertThat(Plans.pairs(plan)).containsExactly("avg -> [c[0]], P01");
  }

  private String average(String name, String input) {
    return builder.add(
        "AveragePool", name, List.of(input), ModelBuilder.integers("kernel_shape", 2, 2));
  }
}
