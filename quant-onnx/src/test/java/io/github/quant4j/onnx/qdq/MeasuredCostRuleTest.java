/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredCostRuleTest {
  private static OnnxModel residualBlock() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 3);
    String one = builder.conv("one", stem, 16, 16, 3);
    String two = builder.conv("two", one, 16, 16, 3);
    String last = builder.conv("last", builder.sum("add", two, stem), 16, 16, 1);
    return builder.output(last).build();
  }

  @Test
  void plan_measuredConv_staysFloatForTheReasonGiven() {
    QdqPlanner planner = Plans.planner().withMeasuredNoise(Map.of("one", "it was measured"));

    QuantizationPlan plan = planner.plan(residualBlock());

    assertThat(plan.decision("one").orElseThrow())
        .hasToString("Conv \"one\" float (P54: it was measured)");
    assertThat(Plans.decision(plan, "two")).startsWith("INT8");
    assertThat(plan.weights()).extracting(WeightQuantization::tensor).doesNotContain("one.W");
  }

  @Test
  void plan_measuredAdd_staysFloatAndTheConvolutionsAroundItDoNot() {
    OnnxModel model = residualBlock();
    assertThat(Plans.decision(Plans.planner().plan(model), "add")).startsWith("INT8");

    QuantizationPlan plan =
        Plans.planner().withMeasuredNoise(Map.of("add", "it was measured")).plan(model);

    assertThat(Plans.decision(plan, "add")).isEqualTo("float P54");
    assertThat(Plans.decision(plan, "two")).startsWith("INT8");
    assertThat(Plans.decision(plan, "last")).startsWith("INT8");
    assertThat(plan.activationPairs())
        .flatExtracting(ActivationPair::edges)
        .extracting(Edge::node)
        .doesNotContain("add");
  }

  @Test
  void plan_measuredNodeThatIsExcludedToo_isFloatByOption() {
    QdqPlanner planner =
        Plans.planner()
            .withMeasuredNoise(Map.of("one", "it was measured"))
            .withExcluded(NodeSelector.none().withName("one"));

    assertThat(planner.plan(residualBlock()).decision("one").orElseThrow().toString())
        .contains("excluded by option");
  }

  @Test
  void plan_measuredTimeAndNoise_eachLeavesItsOwnFloat() {
    QdqPlanner planner =
        Plans.planner()
            .withMeasuredTime(Map.of("one", "it is slower"))
            .withMeasuredNoise(Map.of("stem", "replaced", "one", "replaced"))
            .withMeasuredNoise(Map.of("two", "it is noisy"));

    QuantizationPlan plan = planner.plan(residualBlock());

    assertThat(Plans.decision(plan, "one")).isEqualTo("float P53");
    assertThat(Plans.decision(plan, "two")).isEqualTo("float P54");
    assertThat(Plans.decision(plan, "stem")).startsWith("INT8");
  }

  @Test
  void withMeasuredNoise_mapChangedAfterwards_keepsWhatWasGiven() {
    Map<String, String> reasons = new HashMap<>();
    QdqPlanner planner = Plans.planner().withMeasuredNoise(reasons);
    reasons.put("one", "too late");

    assertThat(Plans.decision(planner.plan(residualBlock()), "one")).startsWith("INT8");
  }
}
