/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllReadersRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_floatMoversAndAdds_readThePairWhenAskedTo() {
    QuantizationPlan plan = plan(true);

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], pool[0], add[0], flat[0]], P01");
    assertThat(Plans.decision(plan, "add")).isEqualTo("float P51");
  }

  @Test
  void plan_floatMoversAndAdds_readFloatByDefault() {
    assertThat(Plans.planner().plan(mixed().build()).activationPairs())
        .extracting(ActivationPair::edges)
        .containsExactly(List.of(new Edge("c", 0)));
  }

  @Test
  void plan_whereNotAsked_leavesTheTensorMixedAndNotesIt() {
    assertThat(plan(false).notes())
        .containsExactly("P46: tensor \"stem\" is read both as INT8 and as float");
  }

  @Test
  void withExcluded_keepsTheOption() {
    QuantizationPlan plan =
        Plans.planner()
            .withAllReadersQuantized(true)
            .withExcluded(NodeSelector.none())
            .plan(mixed().build());

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], pool[0], add[0], flat[0]], P01");
  }

  private QuantizationPlan plan(boolean quantized) {
    return Plans.planner().withAllReadersQuantized(quantized).plan(mixed().build());
  }

  private ModelBuilder mixed() {
    builder.output(builder.conv("c", x, 16, 16, 3)).output(builder.maxPool("pool", x));
    String sin = builder.add("Sin", "sin", List.of(x));
    builder.output(builder.sum("add", x, sin));
    builder.output(builder.add("Flatten", "flat", List.of(x)));
    return builder.output(
        builder.add("Concat", "cat", List.of(x, sin), ModelBuilder.integer("axis", 1)));
  }
}
